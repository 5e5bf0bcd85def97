FROM scratch
# expect: SGD203
COPY --from=busybox@sha256:123 /a /a
