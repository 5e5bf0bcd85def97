FROM debian:12
# expect: SGD303
ARG NPM_TOKEN
RUN echo "t=$NPM_TOKEN" > /root/.npmrc
RUN rm /root/.npmrc
USER 1000
