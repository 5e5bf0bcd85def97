FROM node:22
ARG TOKEN
ENV OTHER=1
# expect: SGD306
RUN docker login -u me -p $TOKEN registry.internal
# expect: SGD306
RUN echo "$TOKEN" | docker login -u me --password-stdin
# expect: SGD306
RUN npm config set //registry.npmjs.org/:_authToken=$TOKEN
# expect: SGD306
RUN npm config set //registry.npmjs.org/:_authToken "$TOKEN"
# expect: SGD306
RUN aws configure set aws_secret_access_key $TOKEN
# expect: SGD306
RUN huggingface-cli login --token $TOKEN
# expect: SGD306
RUN hf auth login --token=$TOKEN
# expect: SGD306
RUN git clone https://$TOKEN@github.com/a/b.git
# expect: SGD306
RUN git clone https://oauth2:${TOKEN}@gitlab.com/a/b.git
# expect: SGD306
RUN git config --global url."https://$TOKEN@github.com/".insteadOf "https://github.com/"
# expect: SGD306
RUN pip config set global.index-url https://me:$TOKEN@pypi.internal/simple
# expect: SGD306
RUN echo "//registry.npmjs.org/:_authToken=$TOKEN" > .npmrc
# expect: SGD306
RUN echo "$TOKEN" | gh auth login --with-token
# expect: SGD306
RUN az login --service-principal -u id -p $TOKEN --tenant t
# expect: SGD306
RUN mc alias set s3 https://s3.internal access $TOKEN
# expect: SGD306
RUN helm registry login -u me -p $TOKEN registry.internal
# expect: SGD306
RUN composer config http-basic.repo.internal me $TOKEN
# expect: SGD306
RUN composer config -g github-oauth.github.com $TOKEN
# expect: SGD306
RUN poetry config pypi-token.pypi $TOKEN
# expect: SGD306
RUN poetry config http-basic.internal me $TOKEN
# expect: SGD306
RUN yarn config set npmAuthToken $TOKEN
# expect: SGD306
RUN twine upload -u me -p $TOKEN dist/*
# expect: SGD306
RUN echo "machine github.com login me password $TOKEN" > /root/.netrc
# expect: SGD306
RUN echo "https://me:$TOKEN@github.com" > /root/.git-credentials
# expect: SGD306
RUN echo "$TOKEN" > /t && cargo login $TOKEN
# expect: SGD306
RUN wandb login $TOKEN
