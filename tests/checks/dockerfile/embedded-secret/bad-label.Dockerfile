FROM debian:12
# expect: SGD302
LABEL maintainer="me" build.token=@secret:github@
