ARG VERSION=3.12
ARG VARIANT=slim
# expect: SGD201
FROM python:${VERSION}-${VARIANT:-bookworm}
