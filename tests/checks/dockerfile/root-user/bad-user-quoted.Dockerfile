FROM debian:12
# expect: SGD101
USER "root"
