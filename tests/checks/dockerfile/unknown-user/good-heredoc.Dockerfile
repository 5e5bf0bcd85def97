# syntax=docker/dockerfile:1
FROM debian:12
RUN <<EOF
set -e
useradd --system app
EOF
USER app
