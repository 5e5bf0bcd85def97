# expect: SGD101
FROM debian:12
ONBUILD USER app
