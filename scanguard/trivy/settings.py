"""How Trivy is to be run: the command line's, the policy's and the environment's say, put together by whoever calls."""

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TypeAlias

from scanguard.model.errors import ConfigurationError
from scanguard.model.record import NamedTuple

TOKEN = "SCANGUARD_TRIVY_TOKEN"  # noqa: S105 - the name of a variable
PROGRAM = "SCANGUARD_TRIVY"
DATABASES = ("mirror.gcr.io/aquasec/trivy-db:2", "ghcr.io/aquasecurity/trivy-db:2")

Say: TypeAlias = Callable[[str], None]
"""Takes a line for people before something takes long."""
During: TypeAlias = Callable[[str], AbstractContextManager[None]]
"""Takes what goes on while its block runs, for people who wait for it."""


def silent(_: str) -> None:
    """Say nothing."""


def unwatched(_: str) -> AbstractContextManager[None]:
    """Tell nobody what goes on while a block runs."""
    return nullcontext()


class TrivySettings(NamedTuple):
    """How Trivy is to be run.

    `path` is the program as the user names it (empty: look for it), `sha256` the hexadecimal digest that it must have.
    `cache` is the directory that holds Trivy's `db`, and what ScanGuard keeps of scans below `scanguard` (empty: Trivy's
    own). `db_repository` are the places of the vulnerability database, tried in order; `java_db_repository` that of Java
    archives (empty: Trivy's own choice). `offline` opens no connection but to the docker daemon. `timeout` is in seconds and
    for one image. `server` is the address of a Trivy server, `token` its password; `cache_backend` is `fs`, `memory` or the
    address of a Redis.

    `secrets` and `licences` say what is looked for beside vulnerabilities. A database older than `stale_days` is warned
    about, one older than `oldest_days` (None: never) is an error.
    """

    path: str = ""
    sha256: str = ""
    cache: str = ""
    db_repository: tuple[str, ...] = DATABASES
    java_db_repository: tuple[str, ...] = ()
    offline: bool = False
    timeout: int = 600
    server: str = ""
    token: str = ""
    cache_backend: str = "fs"
    secrets: bool = True
    licences: bool = False
    stale_days: int = 7
    oldest_days: int | None = 30

    def completed(self, environ: Mapping[str, str]) -> "TrivySettings":
        """The settings with what only the environment says: the token, the program where none is named, the cache.

        The cache becomes an absolute path, since Trivy runs in another directory.
        """
        cache = self.cache or default_cache(environ)
        return self._replace(
            path=self.path or environ.get(PROGRAM, ""),
            token=self.token or environ.get(TOKEN, ""),
            cache=os.path.abspath(os.path.expanduser(cache)) if cache else "",
        )

    @property
    def kept(self) -> str:
        """The directory of what ScanGuard keeps for the next run; empty without a cache."""
        return f"{self.cache}/scanguard" if self.cache else ""

    def __repr__(self) -> str:
        """The settings without their token and the password in an address."""
        return f"TrivySettings(path={self.path!r}, cache={self.cache!r}, server={bool(self.server)})"


def demand_local(settings: TrivySettings) -> None:
    """Raise ConfigurationError where what is to be offline would ask a Trivy server or a Redis, wherever they listen."""
    asked = "a Trivy server (--trivy-server, or trivy: server in the policy)" if settings.server else ""
    if settings.cache_backend.startswith("redis:"):
        asked = "Redis (--trivy-backend)"
    if settings.offline and asked:
        raise ConfigurationError(f"--offline opens no connection, and none to {asked}; leave out one of them")


def default_cache(environ: Mapping[str, str]) -> str:
    """Where Trivy keeps its databases by itself: `$XDG_CACHE_HOME/trivy`, or `~/.cache/trivy`; empty without a home."""
    base = environ.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):
        home = environ.get("HOME", "")
        base = f"{home}/.cache" if home.startswith("/") else ""
    return f"{base}/trivy" if base else ""
