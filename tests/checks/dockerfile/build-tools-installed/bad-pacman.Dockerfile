FROM archlinux:base
# expect: SGD401
RUN pacman -Syu --noconfirm base-devel
