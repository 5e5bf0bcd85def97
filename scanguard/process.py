"""How ScanGuard runs other programs: an argument vector, a clean environment, an empty directory, an end.

Only the shell that outlives a ScanGuard that was killed, to tidy up after it, is started elsewhere (`trivy/private`).
"""

import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from time import monotonic

from scanguard.model.record import NamedTuple
from scanguard.threads import Stop

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
_LOOK = 0.2
_MOST_ERRORS = 100_000
_LOW = 10

Beside = Callable[[int], AbstractContextManager[None]]


class Ended(NamedTuple):
    """How a program ended. `code` is negative for a signal; `timed_out` says that it was ended by us."""

    code: int
    output: bytes
    errors: bytes
    timed_out: bool = False


class EndedEarlyError(Exception):
    """A program of which answers were still expected is gone; how it ended is in `ended`."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended)
        self.ended = ended


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
    stop: Stop | None = None,
    beside: Beside = lambda _: nullcontext(),
) -> Ended:
    """Run a program to its end, at most `timeout` seconds; neither it nor a child of it outlives this call.

    It reads nothing from its standard input. It runs in `cwd`, or in an empty directory made for it. Where `stop` is set
    meanwhile it is ended, as it is where this thread is interrupted; KeyboardInterrupt is raised then. `beside` makes what
    goes on until it has ended, from the number of its process group. Raises OSError where the program cannot be started.
    """
    if cwd is not None:
        return _run(words, timeout, extra or {}, cwd, stop, beside)
    with tempfile.TemporaryDirectory(prefix="scanguard-") as empty:
        return _run(words, timeout, extra or {}, empty, stop, beside)


def _run(
    words: Sequence[str],
    timeout: float,
    extra: Mapping[str, str],
    cwd: str,
    stop: Stop | None,
    beside: Beside,
) -> Ended:
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
        with beside(process.pid):
            return _finished(process, timeout, stop)
    finally:
        if process.returncode is None:  # what is to go on beside could not begin
            _end(process)


def _finished(process: "subprocess.Popen[bytes]", timeout: float, stop: Stop | None) -> Ended:
    """How the program ended, by itself or by us."""
    try:
        output, errors = _wait(process, timeout, stop)
    except subprocess.TimeoutExpired:
        output, errors = _end(process)
        return Ended(process.returncode, output, errors, timed_out=True)
    except BaseException:
        _end(process)
        raise
    return Ended(process.returncode, output, errors)


def _wait(process: "subprocess.Popen[bytes]", timeout: float, stop: Stop | None) -> tuple[bytes, bytes]:
    """What the program wrote until its end. Raises TimeoutExpired, and KeyboardInterrupt where it is to stop.

    It looks up now and then, for `stop`, and for a signal that came just before a wait, which would not end that.
    """
    end = monotonic() + timeout
    while stop is None or not stop.is_set():
        left = end - monotonic()
        try:
            return process.communicate(timeout=min(_LOOK, max(left, 0)))
        except subprocess.TimeoutExpired:
            if left <= _LOOK:
                raise
    raise KeyboardInterrupt


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


def give_way() -> None:
    """Let other programs go before this thread, where the system has a priority for each thread (Linux); it stays so."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOW)


class Dialogue:
    """A program that answers questions on its standard streams until it is closed.

    It ends where its standard input does: on `close`, when nothing refers to this object any more, and with this process,
    however that ends. Raises OSError where it cannot be started. Not to be used by several threads.
    """

    def __init__(self, words: Sequence[str], *, timeout: float, extra: Mapping[str, str], cwd: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - a vector of words, never a shell
            list(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=environment(os.environ, extra),
            start_new_session=True,
        )
        self._finish = weakref.finalize(self, _finish, self._process)
        self._question, self._answer, errors = (_number(self._process, name) for name in ("stdin", "stdout", "stderr"))
        self._poll = select.poll()
        self._poll.register(self._answer, select.POLLIN)
        self._poll.register(errors, select.POLLIN)
        self._timeout = timeout
        self._until = 0.0
        self._read = bytearray()
        self._errors = bytearray()

    def ask(self, question: bytes) -> None:
        """Write a question of at most 4,096 bytes, which a pipe always takes; the answer has `timeout` seconds from now.

        All of the answer before has to be read. Raises EndedEarlyError where the program is gone.
        """
        self._until = monotonic() + self._timeout
        try:
            os.write(self._question, question)
        except BrokenPipeError:
            raise EndedEarlyError(self.close()) from None

    def line(self) -> bytes:
        """The next line of the answer without its LF. Raises EndedEarlyError where none comes."""
        while (end := self._read.find(b"\n")) < 0:
            self._receive()
        return self.take(end + 1)[:-1]

    def take(self, count: int) -> bytes:
        """The next bytes of the answer. Raises EndedEarlyError where fewer come."""
        while len(self._read) < count:
            self._receive()
        taken = bytes(self._read[:count])
        del self._read[:count]
        return taken

    def close(self) -> Ended:
        """End the program; how it ended, and what it wrote to its standard error."""
        self._errors += self._finish() or b""
        return Ended(self._process.returncode, b"", bytes(self._errors))

    def _receive(self) -> None:
        ready = self._poll.poll(max(self._until - monotonic(), 0) * 1000)
        if not ready:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            raise EndedEarlyError(self.close()._replace(timed_out=True))
        for number, _ in ready:
            data = os.read(number, 65536)
            if number == self._answer and not data:
                raise EndedEarlyError(self.close())
            if number == self._answer:
                self._read += data
            elif data:
                self._errors += data[: _MOST_ERRORS - len(self._errors)]
            else:
                # An end of file would be told again and again.
                self._poll.unregister(number)


def _number(process: "subprocess.Popen[bytes]", name: str) -> int:
    number: int = getattr(process, name).fileno()
    return number


def _finish(process: "subprocess.Popen[bytes]") -> bytes:
    """What else a program writes to its standard error when its standard input ends; it is ended where it goes on."""
    try:
        return process.communicate(timeout=_GRACE)[1]
    except subprocess.TimeoutExpired:
        return _end(process)[1]
