FROM debian:12
WORKDIR /srv
RUN curl -sSL https://core.example.org/getProxySecret > proxy-secret
CMD ["proxy", "--aes-pwd", "proxy-secret", "proxy.conf"]
