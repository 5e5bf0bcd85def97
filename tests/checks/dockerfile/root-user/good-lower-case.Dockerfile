from debian:12
user 1000
