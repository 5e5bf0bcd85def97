ARG DIGEST=sha256:9bd32b1ef8ba0bd0b1a1f22ff6ff8b1a62f3a8a3ad0b7d8f1c6f5b1e4d7a2c90
FROM python:3.12-slim@${DIGEST}
