# syntax=docker/dockerfile:1
FROM scratch
COPY <<EOF /Dockerfile
FROM debian:12
EOF
