FROM debian:12-slim
LABEL org.opencontainers.image.source="https://example.com/team/app"
