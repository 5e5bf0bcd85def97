FROM debian:12 AS a
FROM a AS b
FROM debian:12
COPY --from=b /a /a
