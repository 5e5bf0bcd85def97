FROM debian:12
# expect: SGD105
RUN apt-get update && apt-get install -y curl sudo
USER 1000
