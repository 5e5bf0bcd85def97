FROM debian:12-slim
# expect: SGD401
RUN apt-get update && apt-get install -y build-essential && make \
    && apt-mark manual gcc && apt-get purge -y --auto-remove build-essential
