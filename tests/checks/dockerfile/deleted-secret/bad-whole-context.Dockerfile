FROM node:22
WORKDIR /app
# expect: SGD305
COPY . .
RUN npm ci
RUN rm -f .env
