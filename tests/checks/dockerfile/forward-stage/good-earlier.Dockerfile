FROM node:22 AS assets
FROM debian:12
COPY --from=assets /out /srv
