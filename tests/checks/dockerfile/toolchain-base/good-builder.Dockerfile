FROM golang:1.23 AS builder
RUN go build -o /app
FROM gcr.io/distroless/static:nonroot
COPY --from=builder /app /app
