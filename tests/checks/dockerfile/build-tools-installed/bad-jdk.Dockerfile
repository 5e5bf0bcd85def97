FROM debian:12
# expect: SGD401
RUN apt-get install -y openjdk-17-jdk-headless
