"""The one way by which ScanGuard runs another program: an argument vector, a clean environment, an empty directory, an end."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress

from scanguard.model.record import NamedTuple

_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
_GRACE = 5.0


class Ended(NamedTuple):
    """How a program ended. `code` is negative for a signal; `timed_out` says that it was ended by us."""

    code: int
    output: bytes
    errors: bytes
    timed_out: bool = False


def environment(given: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """The little of an environment that other programs get: paths, certificates, proxies, and `extra`."""
    names = (*_PASSED_ON, *_PROXIES)
    return {**{name: given[name] for name in names if name in given}, **extra}


def run(
    words: Sequence[str],
    *,
    timeout: float,
    extra: Mapping[str, str] | None = None,
    cwd: str | None = None,
) -> Ended:
    """Run a program to its end, at most `timeout` seconds; neither it nor a child of it outlives this call.

    It runs in `cwd`, or in an empty directory made for it. Raises OSError where it cannot be started.
    """
    if cwd is not None:
        return _run(words, timeout, extra or {}, cwd)
    with tempfile.TemporaryDirectory(prefix="scanguard-") as empty:
        return _run(words, timeout, extra or {}, empty)


def _run(words: Sequence[str], timeout: float, extra: Mapping[str, str], cwd: str) -> Ended:
    process = subprocess.Popen(  # noqa: S603 - a vector of words, never a shell
        list(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=environment(os.environ, extra),
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        output, errors = _end(process)
        return Ended(process.returncode, output, errors, timed_out=True)
    except BaseException:
        _end(process)
        raise
    return Ended(process.returncode, output, errors)


def _end(process: "subprocess.Popen[bytes]") -> tuple[bytes, bytes]:
    """Ask the whole group to end, and insist after some seconds."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        try:
            return process.communicate(timeout=_GRACE)
        except subprocess.TimeoutExpired:
            continue
    return b"", b""
