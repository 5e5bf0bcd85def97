FROM node:22
ARG REGISTRY
ARG VERSION
RUN npm config set registry $REGISTRY && npm config set fund false
RUN git clone https://github.com/a/b.git && git clone git@github.com:a/b.git && git clone https://git@github.com/a/b.git
RUN git clone --branch $VERSION https://github.com/a/b.git
RUN pip install git+https://github.com/a/b.git@$VERSION
RUN aws configure set region eu-central-1 && aws configure set output json
RUN echo "registry=$REGISTRY" > .npmrc
RUN docker login --help && yarn config set network-timeout 300000
RUN composer config repositories.a vcs https://github.com/a/b && poetry config virtualenvs.create false
RUN pip config set global.index-url https://pypi.internal/simple && bundle config set without development
RUN git config --global user.name me && git config --global credential.helper cache
RUN git config --global url."https://github.com/".insteadOf "git@github.com:"
