FROM node:22
WORKDIR /app
# expect: SGD304, SGD304
COPY package.json .npmrc .env ./
