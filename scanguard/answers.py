"""Answers kept in files for the next run: whole or not at all, for this user alone, the oldest ones removed.

What is kept is never needed: no failure to keep or to remove an answer matters.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from stat import S_ISREG
from time import time
from typing import BinaryIO, Final

_DRAFT: Final = ".tmp"
_ABANDONED_SECONDS: Final = 600.0
"""A draft that is older was left by a run that was killed: writing one takes a second."""


def keep(path: str, pieces: Iterable[bytes]) -> None:
    """Write an answer; what makes the pieces may raise OSError to give it up. Whoever reads meanwhile sees the old one."""
    draft = f"{path}.{os.urandom(8).hex()}{_DRAFT}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(pieces)
        os.replace(draft, path)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(draft)
        if not isinstance(error, OSError):
            raise


def opened(path: str, most: int) -> BinaryIO:
    """An answer, to be read. Raises OSError where there is none of at most so many bytes."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    status = os.fstat(descriptor)
    if not S_ISREG(status.st_mode) or status.st_size > most:
        os.close(descriptor)
        raise OSError("no answer")
    return open(descriptor, "rb")


def prune(folder: str, prefix: str, most: int) -> None:
    """Remove all but the `most` newest answers of a kind, told by how their names begin, and drafts that nobody writes."""
    found: list[tuple[float, str]] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for one in entries:
            with suppress(OSError):  # another run removed it
                if one.name.startswith(prefix):
                    found.append((one.stat(follow_symlinks=False).st_mtime_ns / 1e9, one.path))
    whole = sorted(one for one in found if not one[1].endswith(_DRAFT))
    oldest = time() - _ABANDONED_SECONDS
    drafts = [one for one in found if one[1].endswith(_DRAFT) and one[0] < oldest]
    for _, path in (*whole[:-most], *drafts):
        with suppress(OSError):
            os.unlink(path)
