FROM nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04
USER 1000
