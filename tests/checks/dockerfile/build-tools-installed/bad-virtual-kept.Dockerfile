FROM alpine:3.20
# expect: SGD401
RUN apk add --no-cache --virtual .build-deps gcc
