# expect: SGD505
FROM python:3.11-slim AS builder
RUN pip wheel -w /wheels flask
FROM python:3.11-slim AS runtime
COPY /wheels /wheels
