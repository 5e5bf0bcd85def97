# expect: SGD202
FROM localhost:5000/app
