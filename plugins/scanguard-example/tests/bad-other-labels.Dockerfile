# expect: EXA001
FROM debian:12-slim
LABEL org.opencontainers.image.title="app" maintainer="team@example.com"
