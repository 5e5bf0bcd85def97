FROM debian:12 AS base
RUN true
# expect: SGD101
FROM base AS final
CMD ["true"]
