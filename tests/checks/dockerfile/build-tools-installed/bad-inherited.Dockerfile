FROM python:3.12-slim AS base
# expect: SGD401
RUN apt-get update && apt-get install -y build-essential
FROM base AS training
RUN true
FROM base AS inference
CMD ["true"]
