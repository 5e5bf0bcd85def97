"""What takes long, told on a terminal: one line on standard error, written anew while it goes on and gone when it is over."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic, sleep

from scanguard.model.record import NamedTuple
from scanguard.reporters.terminal import visible

_AFTER = 1.0
"""Seconds after which something takes long."""
_EVERY = 0.5
_CLEARED = "\r\x1b[K"


class Task(NamedTuple):
    """What goes on, since when on the monotonic clock."""

    what: str
    since: float


class Progress:
    """The line of a terminal that tells what goes on, for any number of threads. A dumb terminal gets each once, on a line."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: list[Task] = []
        self._told: set[Task] = set()
        self._drawn = self._ticking = False

    def say(self, line: str) -> None:
        """Print a line that stays."""
        with self._lock:
            self._clear()
            _write(f"{visible(line, unicode=False)}\n")

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Tell what goes on while the block runs, from its second second."""
        task = Task(visible(what, unicode=False), monotonic())
        with self._lock:
            self._tasks.append(task)
            if not self._ticking:
                self._ticking = True
                threading.Thread(target=self._tick, daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._tasks.remove(task)
                if not self._tasks:
                    self._clear()

    def _tick(self) -> None:
        while True:
            sleep(_EVERY)
            with self._lock:
                if not self._tasks:
                    self._ticking = False
                    return
                self._draw()

    def _draw(self) -> None:
        now = monotonic()
        long = [task for task in self._tasks if now - task.since >= _AFTER]
        if os.environ.get("TERM", "dumb") in ("", "dumb"):
            _write("".join(f"{task.what} ...\n" for task in long if task not in self._told))
            self._told.update(long)
        elif long:
            line = f"{int(now - long[0].since)} s: {'; '.join(task.what for task in long)}"
            _write(_CLEARED + line[: _columns() - 1])
            self._drawn = True
        else:
            self._clear()

    def _clear(self) -> None:
        if self._drawn:
            _write(_CLEARED)
            self._drawn = False


PROGRESS = Progress()
"""There is one terminal."""


def _write(text: str) -> None:
    """Write at once; a terminal that is gone keeps nothing from being checked."""
    with suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
