FROM debian:12
# expect: SGD401
RUN apt-get install -y gcc=4:12.2.0-3 g++-12
