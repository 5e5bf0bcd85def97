FROM node:22
WORKDIR /app
COPY .npmrc.template .npmrc
# expect: SGD303
ARG NPM_TOKEN
RUN sed -i "s|_NPM_TOKEN_|${NPM_TOKEN}|" .npmrc
RUN npm install
