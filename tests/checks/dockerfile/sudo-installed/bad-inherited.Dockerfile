FROM debian:12 AS base
# expect: SGD105
RUN apt-get install -y sudo
FROM base
USER 1000
