# build: context app-src
FROM app-src
COPY --from=app-src /a /a
