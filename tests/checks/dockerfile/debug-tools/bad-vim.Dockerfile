FROM debian:12
# expect: SGD405
RUN apt-get update && apt-get install -y vim tcpdump
