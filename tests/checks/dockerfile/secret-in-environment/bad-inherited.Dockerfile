FROM debian:12 AS base
# expect: SGD301
ENV DB_PASSWORD=hunter2
FROM base
CMD ["app"]
