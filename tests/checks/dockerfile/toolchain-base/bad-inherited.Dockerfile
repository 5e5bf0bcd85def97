# expect: SGD404
FROM node:22 AS base
RUN npm ci
FROM base
USER node
