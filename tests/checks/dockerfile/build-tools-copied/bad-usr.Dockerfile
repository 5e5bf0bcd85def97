FROM debian:12 AS builder
RUN apt-get update && apt-get install -y gcc
FROM debian:12
# expect: SGD403
COPY --from=builder /usr /usr
