FROM python:3.12
COPY <<EOF /app/settings.py
import os
password = os.environ["DB_PASSWORD"]
token = get_token()
api_key = config.api_key
secret = secret
EOF
RUN <<EOF
python - <<PY
token = os.getenv("TOKEN")
PY
EOF
