FROM debian:12 AS b
FROM debian:12
COPY --from=b /a /a
