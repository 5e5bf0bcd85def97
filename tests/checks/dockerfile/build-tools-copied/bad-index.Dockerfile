FROM rust:1.82
RUN cargo build
FROM debian:12
# expect: SGD403
COPY --from=0 /usr/local/cargo /usr/local/cargo
