FROM golang:1.23 AS build-go
FROM node:22 AS build-web
FROM scratch
COPY --from=build-go /a /a
COPY --from=build-web /b /b
