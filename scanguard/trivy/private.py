"""Directories that nobody else reads, and what becomes of them where ScanGuard is killed.

Reports and caches of Trivy quote secrets in clear. Each run removes its own; for a run that was killed a watcher does, and
where there is none the next run. A lock, which ends with the process, tells a directory in use: numbers of processes mean
nothing between containers that share a directory.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from time import time

from scanguard.model.errors import TargetError

_PREFIX = "scanguard-private-"
_YOUNG = 60.0
"""Seconds in which a directory may be without its lock because it is being made."""
_SHELL = "/bin/sh"
_WATCH = 'read -r _ && exit; kill -s KILL -- "-$1"; shift; rm -rf -- "$@"; sleep 1; rm -rf -- "$@"'
"""Its standard input ends without a line where ScanGuard was killed; again after a second for what was being written."""


@contextmanager
def private_directory(parent: str = "") -> Iterator[str]:
    """A directory that only this user may enter, below `parent` or among the temporary files; it goes whatever happens.

    Those of runs that were killed go too. Raises TargetError where it cannot be made.
    """
    try:
        if parent:
            os.makedirs(parent, mode=0o700, exist_ok=True)
        sweep(parent or tempfile.gettempdir())
        made = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent or None, ignore_cleanup_errors=True)
    except OSError as error:
        where = f" in '{parent}'" if parent else ""
        other = "--trivy-cache" if parent else "TMPDIR"
        message = (
            f"no temporary directory can be made{where} ({error.strerror or error}); name another place with {other}"
        )
        raise TargetError(message) from error
    with made as path:
        handle = _locked(path)
        try:
            yield path
        finally:
            if handle is not None:
                os.close(handle)


def sweep(parent: str) -> None:
    """Remove this user's private directories below `parent` that no process uses any more. No failure matters."""
    import shutil

    with suppress(OSError), os.scandir(parent) as entries:
        left = [one.path for one in entries if one.name.startswith(_PREFIX) and one.is_dir(follow_symlinks=False)]
        for path in left:
            with suppress(OSError):
                status = os.stat(path, follow_symlinks=False)
                if status.st_uid != os.getuid() or time() - status.st_mtime < _YOUNG:
                    continue
                handle = _locked(path)
                if handle is not None:
                    shutil.rmtree(path, ignore_errors=True)
                    os.close(handle)


def _locked(path: str) -> int | None:
    """The lock of a directory, held until it is closed or the process ends; None where another holds it."""
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


@contextmanager
def watched(group: int, paths: Sequence[str]) -> Iterator[None]:
    """While the block runs: where this process is killed, the process group is too, and the paths are removed.

    Done by a shell that waits for the end of a pipe, since nothing else lives on; without one the block runs all the same.
    """
    try:
        watcher = subprocess.Popen(  # noqa: S603 - a constant script; paths and the group are its arguments
            [_SHELL, "-c", _WATCH, _SHELL, str(group), *paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath},
            start_new_session=True,
        )
    except OSError:
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError):
            watcher.communicate(b"done\n")
