ARG BASE=python:3.12-slim
# expect: SGD201
FROM ${BASE}
