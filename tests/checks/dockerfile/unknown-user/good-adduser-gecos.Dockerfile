FROM debian:12
RUN adduser --disabled-password --gecos '' --home /nonexistent --uid 10001 appuser
USER appuser
