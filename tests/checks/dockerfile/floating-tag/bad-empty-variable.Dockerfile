ARG TAG=
# expect: SGD202
FROM node${TAG:+:}${TAG}
