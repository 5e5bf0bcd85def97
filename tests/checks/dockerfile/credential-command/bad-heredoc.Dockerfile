FROM node:22
ARG NPM_TOKEN
# expect: SGD306
RUN cat > /root/.npmrc <<EOF
//registry.npmjs.org/:_authToken=$NPM_TOKEN
EOF
