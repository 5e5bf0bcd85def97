FROM debian:12
# expect: SGD104
RUN echo '%wheel ALL=(ALL) NOPASSWD: ALL' | tee -a /etc/sudoers.d/wheel
