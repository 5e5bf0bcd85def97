# expect: SGD504
FROM debian:12 AS scratch
