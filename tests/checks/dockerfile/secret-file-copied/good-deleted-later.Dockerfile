FROM debian:12
COPY id_rsa /root/.ssh/id_rsa
RUN rm /root/.ssh/id_rsa
