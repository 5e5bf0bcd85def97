FROM debian:12
# expect: SGD402
RUN apt-get update && apt-get install -y gcc
RUN make
RUN apt-get purge -y gcc
