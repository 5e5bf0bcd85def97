# expect: SGD203
FROM python:3.12@sha256:abcdef0123456789
