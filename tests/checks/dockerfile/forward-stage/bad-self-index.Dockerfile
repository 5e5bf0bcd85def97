FROM debian:12
# expect: SGD502
COPY --from=0 /out /srv
