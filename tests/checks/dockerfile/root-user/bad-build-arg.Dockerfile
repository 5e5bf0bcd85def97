# build: arg WHO=root
FROM debian:12
ARG WHO=app
# expect: SGD101
USER $WHO
