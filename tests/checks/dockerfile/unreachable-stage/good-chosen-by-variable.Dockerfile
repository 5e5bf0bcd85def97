ARG KIND
FROM debian:12 AS build-true
FROM debian:12 AS build-false
FROM build-${KIND}
