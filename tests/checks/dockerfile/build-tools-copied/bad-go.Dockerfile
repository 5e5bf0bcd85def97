FROM golang:1.23 AS builder
RUN go build -o /app .
FROM debian:12
# expect: SGD403
COPY --from=builder /usr/local/go /usr/local/go
