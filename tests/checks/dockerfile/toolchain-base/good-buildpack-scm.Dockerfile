FROM buildpack-deps:trixie-scm
USER 1000
