# expect: SGD404
FROM nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04
USER 1000
