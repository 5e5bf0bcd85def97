FROM debian:12 AS a
FROM debian:12 AS b
COPY --from=a /x /x
FROM debian:12 AS a
COPY --from=b /x /x
