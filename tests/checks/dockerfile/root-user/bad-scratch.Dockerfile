# expect: SGD101
FROM scratch
COPY app /app
