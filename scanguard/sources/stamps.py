"""Whether files are still the ones that they were, told without reading them."""

import os
import time
from collections.abc import Iterator
from typing import Final

_MOST: Final = 5000
SETTLED: Final = 50_000_000
"""Nanoseconds after which a further change of a file shows in its times, whatever the file system."""


def stamp(path: str, settled: int = 0) -> str:
    """What stays as it is while the file, or all files of a directory, do: places, sizes, times of their last change.

    Empty where that cannot be told: a file is missing, there are thousands, or one changed less than `settled` nanoseconds
    ago, so that another change at once might not show.
    """
    lines: list[str] = []
    try:
        for file in _files(os.path.realpath(path)):
            status = os.stat(file)
            if len(lines) >= _MOST or (settled and time.time_ns() - status.st_ctime_ns < settled):
                return ""
            times = f"{status.st_mtime_ns} {status.st_ctime_ns}"
            lines.append(f"{file}\0{status.st_dev} {status.st_ino} {status.st_size} {times}")
    except (OSError, ValueError, RecursionError):
        return ""
    return "\0".join(lines)


def settled_stamp(path: str) -> str:
    """The stamp of what has not changed just now."""
    return stamp(path, SETTLED)


def _files(path: str) -> Iterator[str]:
    """The file itself, or the files of a directory in a fixed order. Raises OSError where one cannot be listed."""
    if not os.path.isdir(path):
        yield path
        return
    for name in sorted(os.listdir(path)):
        yield from _files(os.path.join(path, name))
