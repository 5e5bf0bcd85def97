FROM debian:12
RUN useradd app
# expect: SGD103
USER 1000:0
