FROM debian:12-slim
RUN apt-get update \
    && kept="$(apt-mark showmanual)" \
    && apt-get build-dep -y postgresql-common-dev \
    && apt-get source --compile postgresql-common-dev \
    && apt-mark showmanual | xargs apt-mark auto > /dev/null \
    && apt-mark manual $kept \
    && apt-get install -y --no-install-recommends ./postgresql-common_*.deb \
    && apt-get purge -y --auto-remove
