FROM node:22
# expect: SGD303
ARG HF_TOKEN
RUN <<EOF
python -c 'import os' --token $HF_TOKEN
EOF
