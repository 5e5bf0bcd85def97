FROM scratch
FROM alpine:3.20
RUN echo 'app:x:1000:1000::/:/sbin/nologin' >> /etc/passwd
USER app
