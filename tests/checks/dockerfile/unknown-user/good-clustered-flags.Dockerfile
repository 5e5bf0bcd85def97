FROM alpine:3.20
RUN addgroup -g 666 radarr && adduser -u 666 -SHG radarr radarr
USER radarr
