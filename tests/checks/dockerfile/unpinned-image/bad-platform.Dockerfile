# expect: SGD201
FROM --platform=$BUILDPLATFORM golang:1.23 AS build
RUN true
# expect: SGD201
FROM debian:12
COPY --from=build /a /a
