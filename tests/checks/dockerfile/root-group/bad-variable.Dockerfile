FROM debian:12
ENV G=0
# expect: SGD103
USER 1001:$G
