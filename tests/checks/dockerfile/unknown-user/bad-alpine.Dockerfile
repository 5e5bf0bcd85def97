FROM alpine:3.20
RUN apk add --no-cache curl
# expect: SGD102
USER appuser:appgroup
