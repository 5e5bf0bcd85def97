FROM debian:12-slim
# expect: SGD401
RUN apt-get update && apt-get install -y gcc && make && apt-mark auto gcc && apt-get autoremove --dry-run
