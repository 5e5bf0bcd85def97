FROM node:22
# expect: SGD303
ARG NPM_TOKEN
RUN ./fetch --token "$NPM_TOKEN"
RUN ./again ${NPM_TOKEN}
