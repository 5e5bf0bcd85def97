FROM debian:12
ENV TOOLS="gcc make"
# expect: SGD401
RUN apt-get update && apt-get install -y $TOOLS
