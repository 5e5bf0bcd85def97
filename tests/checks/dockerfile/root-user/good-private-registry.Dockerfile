FROM registry.corp.example/platform/python:3.12
CMD ["true"]
