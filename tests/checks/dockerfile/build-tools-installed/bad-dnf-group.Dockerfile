FROM fedora:41
# expect: SGD401
RUN dnf groupinstall -y 'Development Tools' && dnf clean all
