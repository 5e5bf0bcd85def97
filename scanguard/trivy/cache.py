"""Where Trivy keeps what it found in layers.

Two processes cannot use one cache of Trivy's at a time, and the one that waits fails after five seconds. So each image
(by its name, which rebuilt ones share) has a cache of its own with the databases linked into it, and a second run on it
at the same time takes another. Trivy keeps lines around secrets, and commands of the history, in clear: they are blotted
out as soon as it is done, and until then the cache bears a mark by which a later run knows what a killed one left.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from time import time

from scanguard.model.record import NamedTuple
from scanguard.trivy.claim import claimed, vacated
from scanguard.trivy.private import private_directory
from scanguard.trivy.scrub import scrub
from scanguard.trivy.settings import TrivySettings

_PLACES = 8
_LINKED = ("db", "java-db")
_PREFIX = "scan-"
_MARK = "in-clear"
_KEPT_SECONDS = 30 * 86_400.0
"""An image that nobody scanned for a month has most likely other layers by now, of which its cache knows nothing."""
_MOST = 50
"""A cache takes some megabytes, and saves seconds: more images than these are rarely scanned from one directory."""
_SETTLED_SECONDS = 60.0
"""A Trivy that outlived its ScanGuard has opened its cache by then: what it still writes is gone with the removed file."""


class Cache(NamedTuple):
    """A cache directory for one run, and the backend to use with it."""

    path: str
    backend: str


@contextmanager
def scan_cache(settings: TrivySettings, name: str) -> Iterator[Cache]:
    """A cache that no other run uses; where none can be had, an empty one that is thrown away.

    What runs that were killed left in others is removed, and so are caches that were not used for long.
    """
    backend = settings.cache_backend
    if backend != "fs":
        with _thrown_away(settings, backend) as cache:
            yield cache
        return
    key = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    for number in range(_PLACES):
        path = os.path.join(settings.cache, "scanguard", f"{_PREFIX}{key}-{number}")
        handle = _taken(path, settings)
        if handle is not None:
            try:
                tend(os.path.dirname(path), time())
                yield Cache(path, "fs")
                return
            finally:
                _left(path, handle)
    with _thrown_away(settings, "memory") as cache:
        yield cache


@contextmanager
def _thrown_away(settings: TrivySettings, backend: str) -> Iterator[Cache]:
    with private_directory() as path:
        _link(path, settings)
        yield Cache(path, backend)


def _taken(path: str, settings: TrivySettings) -> int | None:
    """Take and mark a cache: the open lock of it, None where another run has it or it cannot be written."""
    if not settings.cache:
        return None
    try:
        handle = claimed(path)
    except OSError:
        return None
    if handle is None:
        return None
    try:
        if os.path.lexists(_mark(path)):
            _forget(path)
        os.close(os.open(_mark(path), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        _link(path, settings)
    except OSError:
        os.close(handle)
        return None
    return handle


def _left(path: str, handle: int) -> None:
    """Leave a cache without texts in clear; the mark stays where that fails, whatever the reason."""
    try:
        if scrub(os.path.join(path, "fanal", "fanal.db")):
            with suppress(OSError):
                os.unlink(_mark(path))
    finally:
        os.close(handle)


def _mark(path: str) -> str:
    return os.path.join(path, _MARK)


def _forget(path: str) -> None:
    """Remove what Trivy kept of layers. A Trivy that still has the file open writes into one without a name.

    Raises OSError where something is left.
    """
    import shutil

    with suppress(FileNotFoundError):
        shutil.rmtree(os.path.join(path, "fanal"))


def tend(folder: str, now: float) -> None:
    """Remove from caches below `folder` what a killed run left in clear, and those that were not used for long.

    Those that a run uses are left alone. `now` is in seconds since 1970. No failure matters.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        found = [one.path for one in entries if one.name.startswith(_PREFIX) and one.is_dir(follow_symlinks=False)]
        used = sorted(((_used(path), path) for path in found), reverse=True)
        for place, (last, path) in enumerate(used):
            old = place >= _MOST or now - last > _KEPT_SECONDS
            if old or os.path.lexists(_mark(path)):
                with suppress(OSError):
                    _tidied(path, now, old=old)


def _used(path: str) -> float:
    """When a cache was last used, since the mark is made in it and taken away; zero where it is gone."""
    try:
        return os.stat(path, follow_symlinks=False).st_mtime
    except OSError:
        return 0.0


def _tidied(path: str, now: float, *, old: bool) -> None:
    """Remove an old cache of this user's, or what stands in clear in another one. Raises OSError where that fails."""
    if os.stat(path, follow_symlinks=False).st_uid != os.getuid():
        return
    handle = claimed(path)
    if handle is None:
        return
    try:
        if old:
            vacated(path)
            return
        _forget(path)
        if now - os.stat(_mark(path), follow_symlinks=False).st_mtime > _SETTLED_SECONDS:
            os.unlink(_mark(path))
    finally:
        os.close(handle)


def _link(path: str, settings: TrivySettings) -> None:
    """Let the databases of the shared cache be found in this one; those of Java archives may come later."""
    if not settings.cache:
        return
    for name in _LINKED:
        target = os.path.join(os.path.abspath(settings.cache), name)
        with suppress(OSError):
            os.makedirs(target, exist_ok=True)
        link = os.path.join(path, name)
        if not os.path.islink(link) or os.readlink(link) != target:
            with suppress(FileNotFoundError):
                os.unlink(link)
            os.symlink(target, link)
