FROM debian:12-slim
# expect: SGD401
RUN apt-get update && apt-get build-dep -y nginx && apt-get purge -y --auto-remove build-essential
