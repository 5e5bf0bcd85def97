FROM debian:12
COPY .env /app/.env
RUN rm /app/other /app/.env.example
