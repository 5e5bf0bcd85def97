# ScanGuard with Trivy, for CI systems and for machines without Python. `--target scanguard` leaves Trivy out.
FROM python:3.12.14-slim-trixie@sha256:78387bc3881b8273120a12ebe6c1ab22b018ccc2c9adf565ae1ac9b536e184ea AS python

FROM python AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements/ requirements/
# The environments hold no pip of their own: that of the base image fills them, and only what has the right hash.
RUN python -I -m venv --without-pip /opt/build \
    && python -I -m venv --without-pip /opt/scanguard \
    && pip --python /opt/build/bin/python install --require-hashes --only-binary=:all: -r requirements/build.txt \
    && pip --python /opt/scanguard/bin/python install --require-hashes --only-binary=:all: -r requirements/action.txt
COPY pyproject.toml README.md LICENSE ./
COPY policies/ policies/
COPY scanguard/ scanguard/
RUN /opt/build/bin/python -I -m hatchling build --target wheel --directory /dist \
    && pip --python /opt/scanguard/bin/python install --no-index --no-deps /dist/scanguard-*.whl

FROM build AS trivy
RUN pip install --require-hashes --only-binary=:all: --no-deps --target /opt/trivy -r requirements/trivy.txt \
    && mkdir -p /opt/trivy/bin

FROM python AS scanguard
# A CI system's checkout belongs to another user than the one who scans it, hence safe.directory; ScanGuard runs git so that
# nothing in a repository can act.
# scanguard: ignore[debug-tools] reason="git says what changed since a commit, for --since"
RUN apt-get update \
    && apt-get install -y --no-install-recommends git=1:2.47.* \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*' \
    && useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin scanguard
COPY --from=build /opt/scanguard /opt/scanguard
ENV PATH=/opt/scanguard/bin:$PATH
WORKDIR /work
USER 10001:10001
ENTRYPOINT ["/opt/scanguard/bin/python", "-I", "-m", "scanguard"]
CMD ["check"]

FROM scanguard AS full
COPY --from=trivy /opt/trivy/bin/ /opt/scanguard/bin/
