FROM golang:1.23 AS builder
FROM debian:12 AS base
# expect: SGD403
COPY --from=builder /usr/local/go /usr/local/go
FROM base
USER 1000
