FROM debian:12
# expect: SGD405
RUN apt-get install -y wget
RUN apt-get purge -y wget
