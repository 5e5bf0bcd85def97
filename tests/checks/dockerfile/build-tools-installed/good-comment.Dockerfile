FROM debian:12
# RUN apt-get install -y gcc
RUN echo apt-get install gcc
