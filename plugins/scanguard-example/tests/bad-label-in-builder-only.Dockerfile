FROM debian:12-slim AS builder
LABEL org.opencontainers.image.source="https://example.com/team/app"

# expect: EXA001
FROM debian:12-slim
COPY --from=builder /etc/os-release /app/
