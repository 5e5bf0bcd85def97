FROM golang:1.23 AS builder
USER nobody
RUN go build -o /app .
# expect: SGD101
FROM debian:12
COPY --from=builder /app /app
