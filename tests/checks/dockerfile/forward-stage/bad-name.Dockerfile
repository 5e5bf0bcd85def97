FROM debian:12 AS app
# expect: SGD502
COPY --from=assets /out /srv
FROM node:22 AS assets
RUN npm run build
