FROM node:22
# expect: SGD306
RUN --mount=type=secret,id=npm npm config set //registry.npmjs.org/:_authToken=$(cat /run/secrets/npm) && npm ci
# expect: SGD306
RUN --mount=type=secret,id=npm cat /run/secrets/npm > /root/.npmrc && npm ci
# expect: SGD306
RUN --mount=type=secret,id=t,env=TOKEN git clone https://$TOKEN@github.com/a/b.git
