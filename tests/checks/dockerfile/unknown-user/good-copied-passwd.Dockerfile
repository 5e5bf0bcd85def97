FROM debian:12 AS builder
RUN useradd app
FROM scratch
COPY --from=builder /etc/passwd /etc/passwd
USER app
