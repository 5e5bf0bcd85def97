FROM debian:12
RUN apt-get install -y sudo && ./install && apt-get purge -y sudo
