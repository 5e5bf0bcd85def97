FROM rust:1.82 AS builder
RUN cargo install diesel_cli
FROM debian:12
COPY --from=builder /usr/local/cargo/bin/diesel /usr/local/bin/diesel
