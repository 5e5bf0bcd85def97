FROM golang:1.23 AS build
COPY . /src
RUN go build -C /src -o /out/app .

# For `docker build --output`: nothing in it is ever started.
FROM scratch
ARG VERSION
LABEL org.opencontainers.image.version=$VERSION
COPY --from=build /out /
