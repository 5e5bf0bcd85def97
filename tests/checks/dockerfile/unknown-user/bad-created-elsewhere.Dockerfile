FROM debian:12 AS builder
RUN useradd app
FROM debian:12-slim
COPY --from=builder /out /out
# expect: SGD102
USER app
