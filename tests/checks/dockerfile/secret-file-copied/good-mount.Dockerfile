FROM node:22
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
RUN --mount=type=bind,source=.npmrc,target=/app/.npmrc npm ci
