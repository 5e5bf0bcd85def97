FROM golang:1.25
# expect: SGD305
COPY id_ed25519 /root/.ssh/
RUN rm -rf /root/.ssh
