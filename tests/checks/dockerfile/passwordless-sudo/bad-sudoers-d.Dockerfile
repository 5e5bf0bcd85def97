FROM debian:12
ARG USERNAME=vscode
# expect: SGD104
RUN useradd $USERNAME \
    && echo "$USERNAME ALL=(root) NOPASSWD:ALL" > /etc/sudoers.d/$USERNAME
USER $USERNAME
