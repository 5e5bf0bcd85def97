ARG TAG
# expect: SGD201
FROM python:${TAG:-3.12}
