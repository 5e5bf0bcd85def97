FROM debian:12
RUN apt-get install -y curl && curl -fsSL https://example.com/x -o /x && apt-get purge -y curl
