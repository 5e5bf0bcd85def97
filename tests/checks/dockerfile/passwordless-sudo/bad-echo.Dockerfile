FROM debian:12
RUN apt-get install -y sudo
# expect: SGD104
RUN echo 'app ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers
USER app
