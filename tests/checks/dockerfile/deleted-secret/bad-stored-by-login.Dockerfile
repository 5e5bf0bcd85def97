FROM docker:28
ARG DOCKER_PASSWORD
# expect: SGD305
RUN docker login -u me -p $DOCKER_PASSWORD
RUN rm -rf /root/.docker
