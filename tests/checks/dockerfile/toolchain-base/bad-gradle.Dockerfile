# expect: SGD404
FROM gradle:8
USER 1000
