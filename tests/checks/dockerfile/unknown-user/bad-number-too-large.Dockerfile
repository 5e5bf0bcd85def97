FROM debian:12-slim
# expect: SGD102
USER 4294967296
