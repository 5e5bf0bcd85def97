FROM debian:12 AS base
# expect: SGD101
USER root
FROM base
CMD ["true"]
