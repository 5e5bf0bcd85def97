# expect: SGD201
FROM debian:12
ONBUILD COPY --from=other:1 /a /a
