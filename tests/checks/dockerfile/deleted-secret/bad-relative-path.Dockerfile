FROM node:22
WORKDIR /app
# expect: SGD305
COPY .npmrc package.json ./
RUN npm ci
RUN rm -f .npmrc
