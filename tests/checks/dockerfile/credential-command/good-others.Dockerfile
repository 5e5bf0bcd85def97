FROM docker:28
ARG TOKEN
ARG DIR
RUN docker --debug build . && npm run login && aws s3 ls
RUN cat /etc/hosts > /root/.netrc && ls > /root/.npmrc
RUN ./generate | tee .npmrc
RUN git clone https://me@example.org/$DIR && git -C /x status && pip install https://me:$TOKEN@pypi.internal/x
RUN mc alias set local http://localhost:9000
RUN cat token | docker login -u me --password-stdin
RUN gh auth login --hostname x && gh auth status
RUN docker login -p
