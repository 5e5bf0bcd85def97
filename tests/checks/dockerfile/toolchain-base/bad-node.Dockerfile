# expect: SGD404
FROM node:18
USER 1000
