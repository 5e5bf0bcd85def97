# build: target runtime
FROM debian:12 AS runtime
RUN true
FROM runtime AS dev
RUN apt-get install -y gcc
