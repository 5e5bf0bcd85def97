# expect: SGD404
FROM docker.io/library/golang:1.23
USER 1000
