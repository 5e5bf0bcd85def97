FROM debian:12
# expect: SGD401
RUN for p in curl cmake; do apt-get install -y $p; done
