FROM node:22
RUN --mount=type=secret,id=npm npm config set //registry.npmjs.org/:_authToken=$(cat /run/secrets/npm) && npm ci && rm ~/.npmrc
RUN --mount=type=secret,id=npm echo "//r/:_authToken=$(cat /run/secrets/npm)" > .npmrc && npm ci && rm -f .npmrc
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
RUN --mount=type=secret,id=t twine upload -u me -p "$(cat /run/secrets/t)" dist/*
RUN --mount=type=ssh git clone git@github.com:a/b.git
RUN --mount=type=secret,id=t,env=TOKEN git clone https://$TOKEN@github.com/a/b.git /src && rm -rf /src/.git
