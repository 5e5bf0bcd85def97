FROM debian:12
# expect: SGD301
ENV DB_PASSWORD=${DB_PASSWORD:-hunter2}
