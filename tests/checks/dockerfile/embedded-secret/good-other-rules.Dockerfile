FROM debian:12
ENV POSTGRES_PASSWORD=postgres
ARG NPM_TOKEN=4f1ce7ab00
RUN docker login -u me -p hunter2
