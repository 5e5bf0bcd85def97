FROM golang:1.23 AS build
# expect: SGD503
FROM node:22 AS BUILD
