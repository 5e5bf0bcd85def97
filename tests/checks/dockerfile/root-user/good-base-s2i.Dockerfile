FROM registry.access.redhat.com/ubi9/nodejs-20:1
COPY . /app
