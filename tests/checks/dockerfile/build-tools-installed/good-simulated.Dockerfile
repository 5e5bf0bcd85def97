FROM debian:12-slim
RUN apt-get update && apt-get install --download-only gcc && apt-get install --print-uris make
