FROM debian:12 AS b
RUN apt-get install -y gcc
RUN apt-get purge -y gcc
FROM debian:12
COPY --from=b /a /a
