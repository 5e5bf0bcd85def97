FROM debian:12-slim
RUN set -eux; \
    kept="$(apt-mark showmanual)"; \
    apt-get update; \
    apt-get install -y --no-install-recommends gcc make; \
    make -C /src install; \
    apt-mark showmanual | xargs apt-mark auto > /dev/null; \
    apt-mark manual $kept; \
    apt-get purge -y --auto-remove; \
    rm -rf /var/lib/apt/lists/*
