FROM node:22
# expect: SGD303
ARG API_KEY=""
RUN curl -H "X-Api-Key: ${API_KEY}" https://api.internal
