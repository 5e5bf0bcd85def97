FROM debian:12-slim
# expect: SGD102
USER app
CMD ["sleep", "1"]
