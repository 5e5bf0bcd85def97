FROM debian:12
RUN apt-get update && apt-get install -y python3 python3-pip perl ruby nodejs npm curl wget git ca-certificates openjdk-17-jre-headless
