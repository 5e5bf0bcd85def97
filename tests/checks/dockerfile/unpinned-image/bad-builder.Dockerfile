# expect: SGD201
FROM golang:1.23 AS builder
FROM scratch
COPY --from=builder /a /a
