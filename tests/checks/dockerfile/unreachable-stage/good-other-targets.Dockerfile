FROM debian:12 AS base
FROM base AS development
RUN true
FROM base AS test
RUN true
FROM base AS app
