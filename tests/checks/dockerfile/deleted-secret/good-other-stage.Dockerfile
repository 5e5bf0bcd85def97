FROM debian:12 AS build
COPY .env /app/.env
FROM debian:12
RUN rm -rf /app/.env
