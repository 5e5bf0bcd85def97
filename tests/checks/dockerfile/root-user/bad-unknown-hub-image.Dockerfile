# expect: SGD101
FROM somebody/something:1
CMD ["true"]
