FROM node:22-slim
# expect: SGD401
RUN npm install -g typescript@5
