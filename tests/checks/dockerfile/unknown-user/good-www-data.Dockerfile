FROM php:8.3-apache
USER www-data
