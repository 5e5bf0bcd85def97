FROM php:8.3-fpm
RUN buildDeps='gcc make libc6-dev' && apt-get update && apt-get install -y $buildDeps && make && apt-get purge -y --auto-remove $buildDeps
