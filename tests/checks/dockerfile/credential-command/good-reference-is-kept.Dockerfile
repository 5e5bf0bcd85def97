FROM node:22
ARG NPM_TOKEN
RUN npm config set '//registry.npmjs.org/:_authToken' '${NPM_TOKEN}'
RUN echo '//registry.npmjs.org/:_authToken=${NPM_TOKEN}' > .npmrc
RUN docker login -u AWS --password $(aws ecr get-login-password) registry.example.org
