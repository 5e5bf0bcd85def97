FROM python:3.12 AS builder
RUN python -m venv /opt/venv
FROM python:3.12-slim
COPY --from=builder /opt/venv /opt/venv
