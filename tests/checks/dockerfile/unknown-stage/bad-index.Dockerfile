FROM golang:1.23
FROM scratch
# expect: SGD501
COPY --from=7 /app /app
