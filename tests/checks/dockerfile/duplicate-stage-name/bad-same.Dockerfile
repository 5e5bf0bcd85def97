FROM golang:1.23 AS build
# expect: SGD503
FROM node:22 AS build
FROM scratch
COPY --from=build /a /a
