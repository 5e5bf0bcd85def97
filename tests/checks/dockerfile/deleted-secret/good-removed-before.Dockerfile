FROM debian:12
RUN rm -rf /app/.env
COPY .env /app/.env
