FROM pytorch/pytorch:2.5.1-cuda12.4-cudnn9-runtime
USER 1000
