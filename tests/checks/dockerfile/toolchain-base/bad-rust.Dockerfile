# expect: SGD404
FROM rust:1.82-slim
USER 1000
