FROM python:3.12@sha256:abc
