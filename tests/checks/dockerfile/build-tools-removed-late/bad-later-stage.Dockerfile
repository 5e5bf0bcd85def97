FROM debian:12 AS base
# expect: SGD402
RUN apt-get update && apt-get install -y gcc make
FROM base
RUN apt-get remove -y gcc make
