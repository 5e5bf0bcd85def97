FROM debian:12 AS base
# expect: SGD104
RUN printf 'app ALL=(ALL) NOPASSWD: ALL\n' > /etc/sudoers.d/app
FROM base
USER app
