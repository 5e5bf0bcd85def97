FROM debian:12 AS build
# expect: SGD305
COPY .netrc /root/.netrc
RUN rm /root/.netrc
FROM debian:12
COPY --from=build /out /out
