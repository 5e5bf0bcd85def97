FROM node:22-alpine
USER 1000
