FROM debian:12
# expect: SGD304
COPY ["id_rsa", "/root/.ssh/"]
