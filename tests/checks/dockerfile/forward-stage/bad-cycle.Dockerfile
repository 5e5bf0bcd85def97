FROM debian:12 AS a
# expect: SGD502
COPY --from=b /x /x
FROM debian:12 AS b
COPY --from=a /x /x
