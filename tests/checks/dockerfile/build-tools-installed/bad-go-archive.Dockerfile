FROM debian:12-slim
ARG GO_VERSION=1.24.0
# expect: SGD401
RUN curl -fsSL https://go.dev/dl/go${GO_VERSION}.linux-amd64.tar.gz | tar -C /usr/local -xz
