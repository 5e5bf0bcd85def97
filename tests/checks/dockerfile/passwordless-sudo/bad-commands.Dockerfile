FROM debian:12
# expect: SGD104
RUN echo 'app ALL=(root) NOPASSWD: /usr/bin/mount, /usr/bin/umount' > /etc/sudoers.d/app
