FROM debian:12
# expect: SGD403
COPY --from=golang:1.23 /usr/local/go /usr/local/go
