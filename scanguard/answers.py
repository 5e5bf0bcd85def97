"""Answers kept in files for the next run: whole or not at all, for this user alone, the oldest ones removed.

What is kept is never needed: no failure to keep, to read or to remove an answer matters.
"""

import os
from collections.abc import Iterable
from contextlib import suppress


def keep(path: str, pieces: Iterable[bytes]) -> None:
    """Write an answer; what makes the pieces may raise OSError to give it up. Whoever reads meanwhile sees the old one."""
    draft = f"{path}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.writelines(pieces)
        os.replace(draft, path)
    except OSError:
        with suppress(OSError):
            os.unlink(draft)


def prune(folder: str, prefix: str, most: int) -> None:
    """Remove all but the `most` newest answers of a kind, told by how their names begin."""
    with suppress(OSError):
        with os.scandir(folder) as entries:
            kept = sorted((one.stat().st_mtime_ns, one.path) for one in entries if one.name.startswith(prefix))
        for _, path in kept[:-most]:
            os.unlink(path)
