FROM golang:1.23 AS builder
USER root
RUN go build
FROM gcr.io/distroless/static:nonroot
COPY --from=builder /a /a
