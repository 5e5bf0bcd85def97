# expect: SGD404
FROM golang:1.23
USER 1000
