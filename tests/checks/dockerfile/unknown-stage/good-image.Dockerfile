FROM scratch
COPY --from=busybox:1.36 /bin/sh /bin/sh
COPY --from=nginx /x /x
