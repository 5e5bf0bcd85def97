FROM python:3.12-slim
RUN curl -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal \
    && . "$HOME/.cargo/env" \
    && pip install --no-cache-dir tokenizers \
    && rustup self uninstall -y
