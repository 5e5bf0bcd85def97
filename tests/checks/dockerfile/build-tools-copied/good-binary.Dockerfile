FROM golang:1.23 AS builder
RUN go build -o /app .
FROM debian:12
COPY --from=builder /app /usr/local/bin/app
