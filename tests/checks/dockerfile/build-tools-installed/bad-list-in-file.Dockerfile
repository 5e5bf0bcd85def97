FROM debian:12-slim
# expect: SGD401
RUN apt-get update && apt-get install -y gcc && apt-mark showmanual > /tmp/asked && apt-get install -y libpq5 \
    && apt-mark auto '.*' && xargs apt-mark manual < /tmp/asked && apt-get autoremove -y
