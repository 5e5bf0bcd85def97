"""Bytes from disk or standard input, within limits. Only regular files are opened: nothing here ever waits."""

import errno
import os
import stat
import sys

from scanguard.model.errors import TargetError

STANDARD_INPUT = "-"
LIMIT = 10_000_000
_BINARY_PROBE = 8192
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read(path: str, limit: int = LIMIT, uri: str = "", *, binary: bool = False) -> bytes:
    """The bytes of a text file (of any with `binary`), or of standard input where `path` is `-`.

    Raises TargetError, at `uri` or else `path`, where the file is missing, is no regular file, cannot be read, has
    more than `limit` bytes or is not text (a NUL among the first 8 kB, by which git tells binary files as well).
    """
    try:
        data = _standard_input(limit) if path == STANDARD_INPUT else _file(path, limit)
    except TargetError as error:
        raise TargetError(error.message, uri or path) from None
    except (OSError, ValueError) as error:
        raise TargetError(unreadable(error), uri or path) from None
    if len(data) > limit:
        raise TargetError(f"is larger than {_size(limit)}; name a smaller file", uri or path)
    if not binary and b"\0" in data[:_BINARY_PROBE]:
        raise TargetError("is not a text file; name another", uri or path)
    return data


def unreadable(error: OSError | ValueError) -> str:
    """Why a path gave nothing, in one phrase with what to do."""
    if isinstance(error, ValueError):
        return "is not a path; check its spelling"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "does not exist; check the path"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "cannot be read: permission denied; change its mode or run as its owner"
    if error.errno == errno.ELOOP:
        return "is a symbolic link that leads to itself; mend the link"
    return f"cannot be read: {error.strerror or type(error).__name__}"


def _file(path: str, limit: int) -> bytes:
    _demand_regular(os.stat(path).st_mode)
    descriptor = os.open(path, _FLAGS)
    try:
        _demand_regular(os.fstat(descriptor).st_mode)
        return _up_to(descriptor, limit)
    finally:
        os.close(descriptor)


def _up_to(descriptor: int, limit: int) -> bytes:
    """All that is there, but hardly more than one byte beyond the limit."""
    pieces: list[bytes] = []
    room = limit + 1
    while room > 0:
        piece = os.read(descriptor, min(room, 1 << 20))
        if not piece:
            break
        pieces.append(piece)
        room -= len(piece)
    return b"".join(pieces)


def _standard_input(limit: int) -> bytes:
    if sys.stdin is None or sys.stdin.closed:
        raise TargetError("standard input is closed; pipe a Dockerfile in or name a file")
    return sys.stdin.buffer.read(limit + 1)


def _demand_regular(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind = next((name for test, name in _KINDS if test(mode)), "something else")
    raise TargetError(f"is {kind}, not a file; name a regular file, or `-` for standard input")


def _size(limit: int) -> str:
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if limit >= unit:
            return f"{limit // unit} {name}"
    return f"{limit} bytes"
