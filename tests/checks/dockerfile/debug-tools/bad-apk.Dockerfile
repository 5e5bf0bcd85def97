FROM alpine:3.20
# expect: SGD405
RUN apk add --no-cache strace bind-tools
