FROM node:22 AS base
# expect: SGD303
ARG API_TOKEN
FROM base
RUN ./fetch $API_TOKEN
