FROM golang:1.23 AS builder
FROM debian:12
# expect: SGD501
RUN --mount=type=bind,from=buidler,target=/x true
