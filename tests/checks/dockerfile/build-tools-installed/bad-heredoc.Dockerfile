# syntax=docker/dockerfile:1
FROM debian:12
# expect: SGD401
RUN <<EOF
apt-get update
apt-get install -y clang
EOF
