# expect: SGD404
FROM ruby:3.3-bookworm
USER 1000
