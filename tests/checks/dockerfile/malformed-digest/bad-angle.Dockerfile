ARG IMAGE=python@sha256:<digest>
# expect: SGD203
FROM $IMAGE
