FROM alpine:3.20 AS latest
FROM latest
