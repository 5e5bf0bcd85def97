"""Realistic Dockerfiles in any number, the same ones every time: `python benchmarks/generate.py DIRECTORY [COUNT]`.

About 40 lines in the median, as real ones have; from a dozen lines to some hundreds. A third has several stages, one in
six a heredoc, most have long RUN instructions, comments and continuations; good and bad habits are mixed.
"""

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

SEED = 20261121
COUNT = 2000
DIGESTS = tuple(f"{random.Random(number).getrandbits(256):064x}" for number in range(8))
PACKAGES = (
    "ca-certificates curl git gnupg jq libpq-dev libssl-dev build-essential gcc g++ make cmake pkg-config python3-dev "
    "libffi-dev libxml2-dev zlib1g-dev tzdata locales procps netcat-openbsd openssh-client unzip xz-utils vim less "
    "libjpeg-dev libpng-dev ffmpeg imagemagick postgresql-client default-libmysqlclient-dev redis-tools"
).split()
ENVIRONMENT = (
    ("LANG", "C.UTF-8"),
    ("PYTHONUNBUFFERED", "1"),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PIP_NO_CACHE_DIR", "off"),
    ("NODE_ENV", "production"),
    ("GOFLAGS", '"-mod=readonly -trimpath"'),
    ("PATH", "/opt/app/bin:$PATH"),
    ("APP_HOME", "/srv/app"),
    ("JAVA_OPTS", '"-XX:MaxRAMPercentage=75 -Dfile.encoding=UTF-8"'),
)


class Language(NamedTuple):
    """How projects in one language are built and run."""

    image: str
    runtime: str
    manifests: str
    install: tuple[str, ...]
    build: str
    command: str


LANGUAGES = (
    Language(
        "python:3.12",
        "python:3.12-slim",
        "requirements.txt constraints.txt",
        ("pip install --no-cache-dir --upgrade pip", "pip install --no-cache-dir -r requirements.txt"),
        "python -m compileall -q src",
        '["gunicorn", "--bind", "0.0.0.0:8000", "app.wsgi"]',
    ),
    Language(
        "node:22",
        "node:22-alpine",
        "package.json package-lock.json",
        ("npm ci --no-audit --no-fund", "npm cache clean --force"),
        "npm run build && npm prune --omit=dev",
        '["node", "dist/server.js"]',
    ),
    Language(
        "golang:1.23",
        "gcr.io/distroless/static:nonroot",
        "go.mod go.sum",
        ("go mod download", "go mod verify"),
        'CGO_ENABLED=0 go build -ldflags="-s -w" -o /out/app ./cmd/app',
        '["/app"]',
    ),
    Language(
        "maven:3-eclipse-temurin-21",
        "eclipse-temurin:21-jre",
        "pom.xml",
        ("mvn -B dependency:go-offline",),
        "mvn -B package -DskipTests && mv target/*.jar /out/app.jar",
        '["java", "-jar", "/app.jar"]',
    ),
    Language(
        "rust:1.82",
        "debian:12-slim",
        "Cargo.toml Cargo.lock",
        ("cargo fetch --locked",),
        "cargo build --release --locked && strip target/release/app",
        '["/usr/local/bin/app"]',
    ),
)


def dockerfile(pick: random.Random) -> str:
    """One Dockerfile."""
    language = pick.choice(LANGUAGES)
    size = min(400, max(12, round(pick.lognormvariate(3.52, 0.55))))
    lines = list(_head(pick))
    if pick.random() < 0.35:
        lines += _builder(pick, language)
        lines += ["", "# What ships.", f"FROM {_pin(pick, language.runtime)}", *_taken(pick)]
    else:
        lines += [f"FROM {_pin(pick, language.image)}", *_sources(language), f"RUN {language.build}"]
    tail = list(_tail(pick, language))
    while len(lines) + len(tail) < size:
        lines += _block(pick)
    return "\n".join([*lines, *tail]) + "\n"


def _pin(pick: random.Random, image: str) -> str:
    return f"{image}@sha256:{pick.choice(DIGESTS)}" if pick.random() < 0.3 else image


def _head(pick: random.Random) -> Iterator[str]:
    if pick.random() < 0.3:
        yield "# syntax=docker/dockerfile:1"
    if pick.random() < 0.4:
        yield from ("# Copyright of the authors.", "# See README.md for how to build this image.", "")
    if pick.random() < 0.3:
        yield from ("ARG VERSION=1.4.2", "ARG REGISTRY=docker.io", "")


def _sources(language: Language) -> Iterator[str]:
    yield "WORKDIR /src"
    yield f"COPY {language.manifests} ./"
    yield from (f"RUN {command}" for command in language.install)
    yield "COPY . ."


def _builder(pick: random.Random, language: Language) -> Iterator[str]:
    yield f"FROM {_pin(pick, language.image)} AS builder"
    yield from _sources(language)
    if pick.random() < 0.3:
        yield f"RUN --mount=type=cache,target=/root/.cache {language.build}"
    else:
        yield f"RUN {language.build}"


def _taken(pick: random.Random) -> Iterator[str]:
    owner = "--chown=1000:1000 " if pick.random() < 0.4 else ""
    yield f"COPY {owner}--from=builder /out/ /usr/local/bin/"


def _block(pick: random.Random) -> list[str]:
    """A paragraph as it stands in the middle of a file."""
    return ["", *pick.choices(_BLOCKS, _WEIGHTS)[0](pick)]


def _apt(pick: random.Random) -> Iterator[str]:
    packages = pick.sample(PACKAGES, pick.randint(2, 14))
    yield "# Packages of the system."
    yield "RUN apt-get update \\"
    yield "    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\"
    for number, package in enumerate(sorted(packages)):
        if number == 3 and pick.random() < 0.3:
            yield "        # needed at run time"
        yield f"        {package} \\"
    yield "    && rm -rf /var/lib/apt/lists/*"


def _shell(pick: random.Random) -> Iterator[str]:
    number = pick.randint(1, 99)
    yield "RUN set -eux; \\"
    yield '    arch="$(dpkg --print-architecture)"; \\'
    yield '    case "$arch" in \\'
    yield f"      amd64) sum={pick.choice(DIGESTS)} ;; \\"
    yield f"      arm64) sum={pick.choice(DIGESTS)} ;; \\"
    yield '      *) echo >&2 "unsupported: $arch"; exit 1 ;; \\'
    yield "    esac; \\"
    yield f'    curl -fsSL -o /tmp/tool.tar.gz "https://downloads.example.com/tool/1.{number}/tool-$arch.tar.gz"; \\'
    yield '    echo "$sum  /tmp/tool.tar.gz" | sha256sum -c -; \\'
    yield "    tar -xzf /tmp/tool.tar.gz -C /usr/local --strip-components=1; \\"
    yield "    rm /tmp/tool.tar.gz"


def _heredoc(pick: random.Random) -> Iterator[str]:
    if pick.random() < 0.5:
        yield "RUN <<EOF"
        yield "set -e"
        yield "for file in /etc/app/*.conf; do"
        yield "  sed -i 's/localhost/0.0.0.0/' \"$file\""
        yield "done"
        yield "EOF"
    else:
        yield "COPY <<-'CONF' /etc/app/app.conf"
        yield from ("\t[server]", f"\tport = {pick.randint(1024, 9999)}", "\tworkers = 4", "CONF")


def _environment(pick: random.Random) -> Iterator[str]:
    pairs = pick.sample(ENVIRONMENT, pick.randint(2, 4))
    yield "ENV " + " \\\n    ".join(f"{name}={value}" for name, value in pairs)


def _account(pick: random.Random) -> Iterator[str]:
    name = pick.choice(("app", "web", "service", "worker"))
    yield f"RUN groupadd --system {name} && useradd --system --gid {name} --home-dir /srv/app {name} \\"
    yield f"    && mkdir -p /srv/app/data && chown -R {name}:{name} /srv/app"


def _copies(pick: random.Random) -> Iterator[str]:
    for folder in pick.sample(("config", "migrations", "static", "templates", "scripts", "assets"), pick.randint(1, 3)):
        yield f"COPY {folder}/ /srv/app/{folder}/"
    if pick.random() < 0.2:
        yield "ADD https://downloads.example.com/models/base.bin /srv/app/models/base.bin"


def _label(pick: random.Random) -> Iterator[str]:
    yield 'LABEL org.opencontainers.image.title="app" \\'
    yield f'      org.opencontainers.image.version="1.{pick.randint(0, 40)}.0" \\'
    yield '      org.opencontainers.image.source="https://example.com/team/app"'


_BLOCKS: tuple[Callable[[random.Random], Iterator[str]], ...] = (
    _apt,
    _shell,
    _heredoc,
    _environment,
    _account,
    _copies,
    _label,
)
_WEIGHTS = (5, 4, 1, 4, 2, 4, 2)


def _tail(pick: random.Random, language: Language) -> Iterator[str]:
    yield ""
    if pick.random() < 0.5:
        yield pick.choice(("USER app", "USER 1000:1000", "USER nobody"))
    yield f"EXPOSE {pick.choice((80, 3000, 8000, 8080))}"
    if pick.random() < 0.4:
        yield "HEALTHCHECK --interval=30s --timeout=3s CMD curl -f http://localhost:8080/health || exit 1"
    if pick.random() < 0.3:
        yield 'ENTRYPOINT ["/docker-entrypoint.sh"]'
    yield f"CMD {language.command}"


def corpus(count: int, seed: int = SEED) -> Iterator[str]:
    """`count` Dockerfiles; the same seed gives the same ones."""
    for number in range(count):
        yield dockerfile(random.Random(f"{seed}/{number}"))


def write(directory: Path, count: int) -> list[Path]:
    """Write them as `service-<number>/Dockerfile` below `directory` and return their paths."""
    paths = []
    for number, text in enumerate(corpus(count)):
        path = directory / f"service-{number:05}" / "Dockerfile"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else COUNT)
