FROM node:22
ARG NPM_TOKEN
RUN --mount=type=secret,id=npm,env=NPM_TOKEN ./fetch --token "$NPM_TOKEN"
RUN echo \$NPM_TOKEN $NPM_TOKENS
