FROM debian:12 AS b
RUN apt-get install -y git
FROM debian:12
COPY --from=b /x /x
