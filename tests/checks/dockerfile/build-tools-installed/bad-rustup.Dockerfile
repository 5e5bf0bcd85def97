FROM debian:12
# expect: SGD401
RUN curl --proto '=https' -sSf https://sh.rustup.rs | sh -s -- -y
