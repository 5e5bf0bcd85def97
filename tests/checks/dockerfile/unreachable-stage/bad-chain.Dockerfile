FROM debian:12 AS one
# expect: SGD505
FROM one AS two
FROM debian:12 AS app
