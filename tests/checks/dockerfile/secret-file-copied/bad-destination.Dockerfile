FROM debian:12
# expect: SGD304
COPY config/npmrc /root/.npmrc
# expect: SGD304
COPY keys/build /root/.ssh/id_ed25519
# expect: SGD304
ADD env.prod /app/.env
