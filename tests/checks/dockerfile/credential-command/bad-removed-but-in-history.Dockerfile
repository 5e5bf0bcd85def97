FROM node:22
ARG NPM_TOKEN
# expect: SGD306
RUN echo "//registry.npmjs.org/:_authToken=$NPM_TOKEN" > .npmrc && npm ci && rm .npmrc
