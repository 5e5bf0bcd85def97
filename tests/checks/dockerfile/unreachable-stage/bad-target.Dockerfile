# build: target app
FROM debian:12 AS app
RUN true
# expect: SGD505
FROM app AS debug
RUN true
