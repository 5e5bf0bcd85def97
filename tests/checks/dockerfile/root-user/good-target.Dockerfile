# build: target app
FROM debian:12 AS app
USER 1000
FROM debian:12 AS debug
USER root
