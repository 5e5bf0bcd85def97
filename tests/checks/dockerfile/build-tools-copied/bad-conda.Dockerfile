FROM continuumio/miniconda3:24.9.2-0 AS builder
RUN conda install numpy
FROM debian:12-slim
# expect: SGD403
COPY --from=builder /opt/conda /opt/conda
