"""What goes on beside the main thread: calls in threads of their own, how they are asked to end, and signals that ask so.

Much like `concurrent.futures`, which brings `logging` along: loading that takes as long as reading a small image.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Final, Generic, Protocol, TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")
_LOOK: Final = 0.2
_PATIENCE: Final = 3.0
"""Seconds in which a program that was asked to end does; `trivy.private.watched` ends one that does not, after this process."""


class Stop(Protocol):
    """Asks programs that run in other threads to end: a `threading.Event`, set where the run was interrupted."""

    def is_set(self) -> bool:
        """Whether the programs are to end."""


class Aside(Generic[Value]):
    """A call that goes on in a thread. As a context it is over when the block is left, however that is.

    Where an interrupt leaves the block, a call that does not end in `_PATIENCE` seconds is left alone.
    """

    def __init__(self, call: Callable[[], Value]) -> None:
        self._call = call
        self._values: list[Value] = []
        self._error: BaseException | None = None
        # Not `Thread.join`: one that was interrupted takes the thread for ended (CPython 3.11), and so does the next one.
        # Not an event: an interrupt in the middle of waiting for it may leave the lock in it held.
        self._going = threading.Lock()
        self._going.acquire()
        threading.Thread(target=self._run).start()

    def _run(self) -> None:
        try:
            self._values.append(self._call())
        except BaseException as error:
            self._error = error
        finally:
            self._going.release()

    def result(self) -> Value:
        """What the call returns, after waiting for it. Raises what the call raises, each time it is asked."""
        self.wait(None)
        if self._error is not None:
            raise self._error
        return self._values[0]

    def __enter__(self) -> "Aside[Value]":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.wait(_patience(kind))

    def wait(self, seconds: float | None) -> None:
        """Wait for the end of the call, at most so long; None means however long it takes.

        It looks up now and then: a signal that comes just before a wait does not end it, and would be seen after it only.
        """
        until = None if seconds is None else monotonic() + seconds
        while not self._going.acquire(timeout=_LOOK if until is None else min(_LOOK, max(until - monotonic(), 0))):
            if until is not None and monotonic() >= until:
                return
        self._going.release()


class Each(Generic[Item, Value]):
    """A function on many items, on at most `at_once` of them at a time; after an error no further one is begun.

    As a context it is over when the block is left; where that is by an error, no further item is begun either.
    """

    def __init__(self, function: Callable[[Item], Value], items: Sequence[Item], at_once: int) -> None:
        self._function = function
        self._left = deque(enumerate(items))
        self._found: dict[int, Value] = {}
        self._errors: dict[int, BaseException] = {}
        self._workers = [Aside(self._work) for _ in range(min(at_once, len(items)))]

    def _work(self) -> None:
        while (item := self._next()) is not None:
            try:
                self._found[item[0]] = self._function(item[1])
            except BaseException as error:
                self.stop()
                self._errors[item[0]] = error

    def _next(self) -> tuple[int, Item] | None:
        try:
            return self._left.popleft()
        except IndexError:
            return None

    def results(self) -> tuple[Value, ...]:
        """What the function returned, in the order of the items. Raises what it raised, for the first such item."""
        for worker in self._workers:
            worker.result()
        if self._errors:
            raise self._errors[min(self._errors)]
        return tuple(self._found[index] for index in range(len(self._found)))

    def stop(self) -> None:
        """Begin no further item."""
        self._left.clear()

    def __enter__(self) -> "Each[Item, Value]":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()
        patience = _patience(kind)
        until = monotonic() + (patience or 0)
        for worker in self._workers:
            worker.wait(None if patience is None else max(until - monotonic(), 0))


def _patience(kind: type[BaseException] | None) -> float | None:
    """How many seconds what goes on has to end in, where this error leaves its block; None for as many as it takes."""
    return _PATIENCE if kind is not None and issubclass(kind, KeyboardInterrupt) else None


@contextmanager
def interruptible() -> Iterator[None]:
    """While the block runs, SIGTERM and SIGHUP end it as an interrupt from the keyboard does.

    So the programs that it runs end too, and what they wrote goes. Without effect outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    import signal

    def interrupt(_: int, __: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
