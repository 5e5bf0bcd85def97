FROM debian:12 AS app
# expect: SGD502
COPY --from=app /out /srv
