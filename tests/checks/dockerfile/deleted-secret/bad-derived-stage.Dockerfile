FROM debian:12 AS base
# expect: SGD305
COPY .env /app/.env
FROM base
RUN rm /app/.env
