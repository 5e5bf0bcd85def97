FROM debian:12
# expect: SGD302
CMD ["app", "--password=hunter2"]
