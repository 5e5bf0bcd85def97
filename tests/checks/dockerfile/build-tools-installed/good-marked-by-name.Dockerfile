FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends gcc && make && apt-mark auto gcc && apt-get autoremove -y
