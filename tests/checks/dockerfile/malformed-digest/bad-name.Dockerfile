# expect: SGD203
FROM python:
CMD ["true"]
