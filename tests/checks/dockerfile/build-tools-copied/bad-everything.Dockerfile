FROM debian:12 AS builder
RUN apt-get install -y make
FROM scratch
# expect: SGD403
COPY --from=builder / /
