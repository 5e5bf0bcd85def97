FROM debian:12
COPY --from=node:22-slim /usr/local/bin/node /usr/local/bin/node
