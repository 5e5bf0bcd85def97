FROM debian:12
WORKDIR /app
COPY id_rsa ./
RUN mv id_rsa /root/.ssh/
