# build: context sources
FROM debian:12 AS source
FROM scratch
COPY --from=sources /a /a
