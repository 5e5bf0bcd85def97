ARG WHO=root
FROM debian:12
ARG WHO
# expect: SGD101
USER $WHO
