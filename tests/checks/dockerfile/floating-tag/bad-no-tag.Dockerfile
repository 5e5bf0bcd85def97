# expect: SGD202
FROM ubuntu
