FROM debian:12-slim
# expect: SGD101
USER +0
