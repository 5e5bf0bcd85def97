FROM bitnami/redis:7.4
COPY . /app
