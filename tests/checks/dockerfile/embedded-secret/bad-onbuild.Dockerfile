FROM debian:12
# expect: SGD302
ONBUILD RUN ./fetch @secret:npm@
