FROM node:22
RUN npm config set //registry.npmjs.org/:_authToken=@secret:npm@
RUN git clone https://x:@secret:github@@github.com/a/b.git
