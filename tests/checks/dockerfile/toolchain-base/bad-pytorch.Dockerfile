# expect: SGD404
FROM pytorch/pytorch:2.5.1-cuda12.4-cudnn9-devel
USER 1000
