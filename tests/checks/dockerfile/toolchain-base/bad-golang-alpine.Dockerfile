# expect: SGD404
FROM golang:1.23-alpine
USER 1000
