FROM debian:12
# expect: SGD303
ARG SSH_PRIVATE_KEY
RUN mkdir -p /root/.ssh && echo "$SSH_PRIVATE_KEY" > /root/.ssh/id_rsa
