FROM node:22 AS build
# expect: SGD304
COPY .env /app/
FROM build AS more
FROM node:22-slim AS middle
COPY --from=more /app /srv
FROM node:22-slim
COPY --from=middle /srv /srv
