# expect: SGD404
FROM python:3.12
USER 1000
