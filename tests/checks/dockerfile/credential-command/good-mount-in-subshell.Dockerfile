FROM node:22
RUN --mount=type=secret,id=NPM_TOKEN \
    sh -c 'TOKEN="$(cat /run/secrets/NPM_TOKEN)" && \
    printf "//npm.pkg.github.com/:_authToken=%s\n" "$TOKEN" > .npmrc && \
    npm ci && \
    rm -f .npmrc'
RUN --mount=type=secret,id=npmrc cp /run/secrets/npmrc /root/.npmrc && npm ci && rm -f /root/.npmrc
