FROM quay.io/jupyter/scipy-notebook:2024-10-07
COPY . /app
