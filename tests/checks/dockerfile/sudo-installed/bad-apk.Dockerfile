FROM alpine:3.20
# expect: SGD105
RUN apk add --no-cache sudo
