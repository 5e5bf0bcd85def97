"""One process at a time in a directory: a lock on the file `lock` in it, which ends with the process."""

import os
from contextlib import suppress

_LOCK = "lock"
_TRIES = 5


def claimed(path: str) -> int | None:
    """Claim a directory, made where there is none: the lock's descriptor, to be closed; None where another has it.

    Who has it may remove it (`vacated`); whoever waited for that gets the new one. Raises OSError where it cannot be had.
    """
    import fcntl

    name = os.path.join(path, _LOCK)
    for _ in range(_TRIES):
        with suppress(FileExistsError):  # also where it goes between the two steps of this call
            os.makedirs(path, mode=0o700, exist_ok=True)
        try:
            handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            continue  # the directory was removed since
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is(name, handle):
                return handle
        except BlockingIOError:
            os.close(handle)
            return None
        except OSError:
            os.close(handle)
            raise
        os.close(handle)
    return None


def _is(name: str, handle: int) -> bool:
    """Whether the file that was opened still has this name."""
    try:
        return os.path.samestat(os.stat(name, follow_symlinks=False), os.fstat(handle))
    except FileNotFoundError:
        return False


def vacated(path: str) -> None:
    """Remove a claimed directory. The lock goes last: until then nobody takes it, and who does afterwards keeps it.

    No link is followed. What cannot be removed stays, and raises OSError.
    """
    import shutil

    with os.scandir(path) as entries:
        inside = [(one.path, one.is_dir(follow_symlinks=False)) for one in entries if one.name != _LOCK]
    for inner, folder in inside:
        if folder:
            shutil.rmtree(inner)
        else:
            os.unlink(inner)
    os.unlink(os.path.join(path, _LOCK))
    os.rmdir(path)
