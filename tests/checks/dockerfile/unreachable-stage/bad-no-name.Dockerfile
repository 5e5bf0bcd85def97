# expect: SGD505
FROM debian:12
RUN make
FROM debian:12 AS app
