FROM debian:12 AS build
# expect: SGD301
ENV DB_PASSWORD=hunter2
FROM debian:12
COPY --from=build /out /out
