# expect: SGD101
FROM arm32v7/debian:bookworm
CMD ["true"]
