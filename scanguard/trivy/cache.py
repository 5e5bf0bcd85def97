"""Where Trivy keeps what it found in layers.

Two processes cannot use one cache of Trivy's at a time, and the one that waits fails after five seconds. So each image
(by its name, which rebuilt ones share) has a cache of its own with the databases linked into it, and a second run on it
at the same time takes another. Trivy keeps lines around secrets, and commands of the history, in clear: they are blotted
out as soon as it is done.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

from scanguard.model.record import NamedTuple
from scanguard.trivy.private import private_directory
from scanguard.trivy.settings import TrivySettings

_PLACES = 8
_LINKED = ("db", "java-db")
_KEY = rb'"(?:Content|Highlighted|Match|CreatedBy)":"'
_CLEAR = re.compile(_KEY + rb'((?:[^"\\]|\\.)+)"')
_BEGUN = re.compile(_KEY + rb'(?:[^"\\]|\\.)*\\?\Z')
_LONGEST_KEY = len('"Highlighted":"')
_BLOCK = 1 << 20
_LONGEST_TEXT = 64 << 20


class Cache(NamedTuple):
    """A cache directory for one run, and the backend to use with it."""

    path: str
    backend: str


@contextmanager
def scan_cache(settings: TrivySettings, name: str) -> Iterator[Cache]:
    """A cache that no other run uses; where none can be had, an empty one that is thrown away."""
    backend = settings.cache_backend
    if backend != "fs":
        with _thrown_away(settings, backend) as cache:
            yield cache
        return
    key = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    for number in range(_PLACES):
        path = os.path.join(settings.cache, "scanguard", f"scan-{key}-{number}")
        handle = _taken(path, settings)
        if handle is not None:
            try:
                yield Cache(path, "fs")
            finally:
                scrub(os.path.join(path, "fanal", "fanal.db"))
                os.close(handle)
            return
    with _thrown_away(settings, "memory") as cache:
        yield cache


@contextmanager
def _thrown_away(settings: TrivySettings, backend: str) -> Iterator[Cache]:
    with private_directory() as path:
        _link(path, settings)
        yield Cache(path, backend)


def _taken(path: str, settings: TrivySettings) -> int | None:
    """Take a cache: the open lock of it, None where another run has it or it cannot be written."""
    import fcntl

    if not settings.cache:
        return None
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        handle = os.open(os.path.join(path, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _link(path, settings)
    except OSError:
        os.close(handle)
        return None
    return handle


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


def scrub(path: str) -> None:
    """Blot out the texts in a cache file that may hold secrets, in place and in pages that are no longer used too.

    The texts stay as long as they are, so that the file keeps its form (https://github.com/etcd-io/bbolt; its pages have
    no checksums). Nothing that is asked of the cache later depends on them. A file that cannot be treated so is removed.
    """
    try:
        with open(path, "r+b", buffering=0) as file:
            for start, text in _texts(file.fileno()):
                if text.strip(b"*"):
                    _overwrite(file.fileno(), start, len(text))
    except FileNotFoundError:
        return
    except OSError:
        with suppress(OSError):
            os.unlink(path)


def _texts(handle: int) -> Iterator[tuple[int, bytes]]:
    """Where the texts begin, in bytes, and the texts. Nothing is mapped: a file with holes on a full disk can be read.

    Raises OSError where the file cannot be read, or where a text is longer than any that Trivy keeps.
    """
    at, held = 0, b""
    while block := os.pread(handle, _BLOCK, at + len(held)):
        held += block
        done = 0
        for found in _CLEAR.finditer(held):
            done = found.end()
            yield at + found.start(1), found[1]
        begun = _BEGUN.search(held, done)
        rest = begun.start() if begun else max(done, len(held) - _LONGEST_KEY)
        at, held = at + rest, held[rest:]
        if len(held) > _LONGEST_TEXT:
            raise OSError(errno.EFBIG, "a text has no end")


def _overwrite(handle: int, start: int, size: int) -> None:
    stars = b"*" * size
    while stars:
        written = os.pwrite(handle, stars, start)
        start, stars = start + written, stars[written:]
