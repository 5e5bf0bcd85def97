# expect: SGD202
FROM alpine:latest
