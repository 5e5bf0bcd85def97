FROM buildpack-deps:bookworm-curl
USER 1000
