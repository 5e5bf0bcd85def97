FROM docker:28
ARG TOKEN
# expect: SGD306
RUN docker login -uME -p$TOKEN
# expect: SGD306
RUN docker --config /x login --password=$TOKEN -u me
# expect: SGD306
RUN cat <<EOF | tee /root/.netrc
machine h login l password $TOKEN
EOF
# expect: SGD306
RUN tee /root/.pypirc <<EOF
password = ${TOKEN}
EOF
# expect: SGD306
RUN cargo login $TOKEN
# expect: SGD306
RUN printf '%s' "$TOKEN" | helm registry login --password-stdin r
# expect: SGD306
RUN --mount=type=secret,id=t cat /run/secrets/t | docker login -u me --password-stdin
# expect: SGD306
RUN npm set //r/:_authToken=$TOKEN
