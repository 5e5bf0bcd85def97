FROM debian:12
RUN apt-get update && apt-get install -y postgresql-16
USER postgres
