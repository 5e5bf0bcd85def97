FROM node:22 AS build
# expect: SGD304
COPY .npmrc /app/
FROM node:22-slim
COPY --from=build /app/dist /app
