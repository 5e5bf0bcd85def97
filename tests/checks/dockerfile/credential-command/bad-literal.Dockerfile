FROM docker:28
# expect: SGD306
RUN docker login -u me -p hunter2 registry.internal
# expect: SGD306
RUN docker login --username me --password=hunter2
# expect: SGD306
RUN npm config set //npm.internal/:_authToken 4f1ce7ab00
# expect: SGD306
RUN git clone https://4f1ce7ab004f1ce7ab00@git.internal/a/b.git
# expect: SGD306
RUN aws configure set aws_session_token 4f1ce7ab00
# expect: SGD306
RUN echo "machine git.internal login me password hunter2" > /root/.netrc
# expect: SGD306
RUN echo hunter2 | docker login -u me --password-stdin
