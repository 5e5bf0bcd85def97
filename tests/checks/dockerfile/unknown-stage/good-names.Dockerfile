FROM golang:1.23 AS builder
FROM scratch
COPY --from=builder /a /a
COPY --from=0 /b /b
COPY --from=Builder /c /c
