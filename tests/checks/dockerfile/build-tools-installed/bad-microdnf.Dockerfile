FROM registry.access.redhat.com/ubi9/ubi-minimal:9.4
# expect: SGD401
RUN microdnf install -y gcc && microdnf clean all
