FROM debian:12
RUN useradd -m -u 1000 -s /bin/bash app
USER app
