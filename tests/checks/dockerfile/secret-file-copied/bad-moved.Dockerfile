FROM debian:12
WORKDIR /app
# expect: SGD304
COPY id_rsa package.json ./
RUN mkdir /root/.ssh && mv id_rsa /root/.ssh
