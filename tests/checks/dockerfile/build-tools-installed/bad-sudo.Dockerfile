FROM debian:12
# expect: SGD401
RUN sudo apt-get install -y make
