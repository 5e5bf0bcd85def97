# expect: SGD201
FROM python:3.12-slim
