FROM debian:12-slim
RUN apt-get update && apt-get install -y build-essential && make && apt-get purge -y build-essential gcc-12 g++-12 make
