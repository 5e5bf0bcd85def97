FROM debian:12-slim
RUN apt-get update && apt-get install -y gcc g++ make && make && apt-get purge -y gcc && dpkg --purge make
