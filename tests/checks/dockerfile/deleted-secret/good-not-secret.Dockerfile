FROM debian:12
COPY .env.example /app/.env.example
COPY app.tar /tmp/
RUN rm /app/.env.example /tmp/app.tar
RUN touch /root/.netrc
RUN rm /root/.netrc
