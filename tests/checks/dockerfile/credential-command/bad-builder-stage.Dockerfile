FROM node:22 AS build
ARG NPM_TOKEN
# expect: SGD306
RUN npm config set //registry.npmjs.org/:_authToken=$NPM_TOKEN
FROM node:22-slim
COPY --from=build /out /out
