FROM debian:12
ARG SSH_PRIVATE_KEY
# expect: SGD305
RUN mkdir -p /root/.ssh && echo "$SSH_PRIVATE_KEY" > /root/.ssh/id_rsa
RUN git clone git@example.org:a/b.git && rm -rf /root/.ssh
