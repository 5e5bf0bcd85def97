FROM debian:12
COPY setup.sh /
RUN /setup.sh
USER app
