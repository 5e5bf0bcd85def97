ARG TAG=latest
# expect: SGD202
FROM node:$TAG
