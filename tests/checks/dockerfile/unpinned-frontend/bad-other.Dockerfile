# syntax=example/frontend:1
# expect: SGD204@1
FROM scratch
