FROM php:8.4
WORKDIR /app
COPY .env.example ./
RUN cp .env.example .env && php artisan key:generate
RUN rm .env
