ARG V=1.23
# expect: SGD404
FROM golang:${V}
