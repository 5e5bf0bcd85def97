FROM golang:1.23 AS go
FROM debian:12 AS tools
COPY --from=go /usr/local/go /usr/local/go
FROM debian:12
# expect: SGD403
COPY --from=tools /usr/local /usr/local
