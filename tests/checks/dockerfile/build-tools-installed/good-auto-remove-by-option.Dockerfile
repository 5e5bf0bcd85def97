FROM debian:12-slim
RUN apt-get update && apt-get install -y build-essential && make && apt-get -o APT::Get::AutomaticRemove=1 purge -y build-essential
