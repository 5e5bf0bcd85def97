FROM debian:12
RUN echo 'deploy ALL=(www-data) NOPASSWD: /usr/bin/php' > /etc/sudoers.d/deploy
