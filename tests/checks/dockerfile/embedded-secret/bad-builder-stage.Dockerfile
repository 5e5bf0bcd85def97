FROM debian:12 AS build
# expect: SGD302
RUN TOKEN=@secret:github@ ./fetch
FROM debian:12
COPY --from=build /out /out
