FROM debian:12
# expect: SGD304
COPY <<EOF /root/.netrc
machine files.internal
EOF
# expect: SGD304
COPY <<.env /app/
MODE=production
.env
