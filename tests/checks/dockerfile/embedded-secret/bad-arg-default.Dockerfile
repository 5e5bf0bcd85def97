# expect: SGD302
ARG HF_TOKEN=@secret:hugging-face@
FROM debian:12
ARG HF_TOKEN
