# build: arg INSTALL_BZ2=true
FROM php:8.3-fpm
ARG INSTALL_BZ2=false
# expect: SGD401
RUN if [ ${INSTALL_BZ2} = true ]; then \
    apt-get update && apt-get install -y libbz2-dev; \
    docker-php-ext-install bz2; \
fi
