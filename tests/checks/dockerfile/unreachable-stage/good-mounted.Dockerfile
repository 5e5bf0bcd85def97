FROM debian:12 AS b
FROM debian:12
RUN --mount=from=b,target=/b true
