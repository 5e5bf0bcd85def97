FROM debian:12 AS builder
RUN apt-get install -y gcc && make
RUN apt-get purge -y gcc
FROM scratch
COPY --from=builder / /
