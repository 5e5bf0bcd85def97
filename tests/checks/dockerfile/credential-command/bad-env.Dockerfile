FROM node:22
ARG GITHUB_TOKEN
ENV TOKEN=$GITHUB_TOKEN
# expect: SGD306
RUN git clone https://x-access-token:$TOKEN@github.com/a/b.git
