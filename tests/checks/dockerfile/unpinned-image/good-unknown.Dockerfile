ARG BASE
FROM $BASE
FROM registry.example/x:$TAG@sha256:$DIGEST
