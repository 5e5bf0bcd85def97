FROM debian:12-slim AS base
LABEL "org.opencontainers.image.source"=https://example.com/team/app \
      org.opencontainers.image.title="app"

FROM base
CMD ["true"]
