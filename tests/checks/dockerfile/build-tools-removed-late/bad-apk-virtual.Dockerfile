FROM alpine:3.20
# expect: SGD402
RUN apk add --virtual .deps gcc
RUN apk del .deps
