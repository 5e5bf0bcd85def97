# build: target debug
FROM debian:12 AS app
USER 1000
# expect: SGD101
FROM debian:12 AS debug
RUN true
FROM app
