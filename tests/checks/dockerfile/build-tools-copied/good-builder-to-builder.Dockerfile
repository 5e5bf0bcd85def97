FROM golang:1.23 AS go
FROM debian:12 AS b
COPY --from=go /usr/local/go /usr/local/go
RUN go build -o /app
FROM debian:12
COPY --from=b /app /app
