"""Many files in several processes. The order of the results does not depend on how many there are."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

FEW = 300


def spread(function: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item], processors: int) -> list[Result]:
    """`function(items)`, in worker processes where there are many items and the system can fork.

    `function` takes a part of the items and returns their results in order. A worker that dies without an answer
    costs time only: its part is done again here.
    """
    workers = min(processors, len(items) // FEW + 1) if len(items) > FEW and hasattr(os, "fork") else 1
    if workers < 2:
        return function(items)
    import pickle

    size = -(-len(items) // workers)
    parts = [items[at : at + size] for at in range(0, len(items), size)]
    sys.stdout.flush()
    sys.stderr.flush()
    pipes = [_start(function, part) for part in parts[1:]]
    results = function(parts[0])
    for part, (child, reader) in zip(parts[1:], pipes, strict=True):
        data = _answer(child, reader)
        results.extend(function(part) if data is None else pickle.loads(data))  # noqa: S301 - from our own worker
    return results


def _start(function: Callable[[Sequence[Item]], list[Result]], part: Sequence[Item]) -> tuple[int, int]:
    """Fork a worker; returns its process id and the end of the pipe on which its answer comes."""
    import pickle

    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    code = 1
    try:
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(function(part), pipe, pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        os._exit(code)


def _answer(child: int, reader: int) -> bytes | None:
    """What a worker sent, or None where it died."""
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    return None if status or not data else data
