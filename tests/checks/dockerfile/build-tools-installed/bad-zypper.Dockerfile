FROM opensuse/leap:15.6
# expect: SGD401
RUN zypper --non-interactive install gcc make
