# expect: SGD404
FROM buildpack-deps:bookworm
USER 1000
