FROM golang:1.23 AS builder
FROM scratch
# expect: SGD501
COPY --from=bilder /app /app
