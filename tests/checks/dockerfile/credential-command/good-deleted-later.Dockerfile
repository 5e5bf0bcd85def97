FROM node:22
ARG NPM_TOKEN
RUN echo "//registry.npmjs.org/:_authToken=$NPM_TOKEN" > /root/.npmrc
RUN npm ci
RUN rm /root/.npmrc
