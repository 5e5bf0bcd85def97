FROM debian:12
# expect: SGD302@4

# ENV GITHUB_TOKEN=@secret:github@
RUN true
