FROM debian:12
RUN useradd app
USER app
# expect: SGD101
USER root
