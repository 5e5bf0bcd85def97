FROM continuumio/miniconda3:24.9.2-0
# expect: SGD401
RUN conda install -y -c conda-forge gxx_linux-64 numpy
