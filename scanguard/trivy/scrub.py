"""Blots out what Trivy keeps in clear in its cache of layers: lines around secrets, and commands of the history."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import suppress

_KEY = rb'"(?:Content|Highlighted|Match|CreatedBy)":"'
_CLEAR = re.compile(_KEY + rb'((?:[^"\\]|\\.)+)"')
_BEGUN = re.compile(_KEY + rb'(?:[^"\\]|\\.)*\\?\Z')
_LONGEST_KEY = len('"Highlighted":"')
_BLOCK = 1 << 20
_LONGEST_TEXT = 64 << 20


def scrub(path: str) -> bool:
    """Blot out the texts in a cache file that may hold secrets, in place and in pages that are no longer used too.

    The texts stay as long as they are, so that the file keeps its form (https://github.com/etcd-io/bbolt; its pages have
    no checksums). Nothing that is asked of the cache later depends on them. A file that cannot be treated so is removed.
    False where that fails too: something may be left in clear.
    """
    try:
        with open(path, "r+b", buffering=0) as file:
            for start, text in _texts(file.fileno()):
                if text.strip(b"*"):
                    _overwrite(file.fileno(), start, len(text))
    except FileNotFoundError:
        return True
    except OSError:
        with suppress(OSError):
            os.unlink(path)
    else:
        return True
    return not os.path.lexists(path)


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
