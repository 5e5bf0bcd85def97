FROM python:3.12-slim AS builder
RUN apt-get update && apt-get install -y build-essential
RUN pip wheel -w /wheels flask
FROM python:3.12-slim
COPY --from=builder /wheels /wheels
