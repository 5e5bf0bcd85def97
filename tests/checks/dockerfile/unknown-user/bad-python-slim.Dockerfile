FROM python:3.11-slim AS runtime
# expect: SGD102
USER appuser
