FROM debian:12
# expect: SGD305
COPY server.key /etc/app/tls/server.key
RUN rm -f /etc/app/tls/*.key
