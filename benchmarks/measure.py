"""Whole processes, timed in pairs: the speed of a machine drifts, the ratio of neighbours does not."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """One finished process: wall seconds and the largest resident size in MB."""

    seconds: float
    memory: float


def tool(name: str) -> str | None:
    """The path of a command beside this interpreter, or on PATH; None where it is not installed."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def run(words: list[str]) -> Run:
    """Run a command, its output thrown away. Fails where it did: a crash would look quick."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"{words[0]} returned {process.returncode}")
    return Run(time.perf_counter() - start, usage.ru_maxrss / 1024)


def own_memory(words: list[str]) -> float:
    """The largest resident size in MB of a command itself, without the programs that it runs; only where there is /proc."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    largest = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        found = status.partition("VmHWM:")[2].split()
        largest = max(largest, int(found[0]) if found else 0)
        time.sleep(0.02)
    return largest / 1024


def pairs(one: list[str], two: list[str], count: int) -> tuple[list[Run], list[Run]]:
    """Both commands in turn, `count` times, after one run of each that is not counted."""
    run(one), run(two)
    first, second = [], []
    for _ in range(count):
        first.append(run(one))
        second.append(run(two))
    return first, second


def median(runs: list[Run]) -> float:
    """The median of the wall times, in seconds."""
    return statistics.median(one.seconds for one in runs)


def ratio(one: list[Run], two: list[Run]) -> float:
    """The median of the ratios pair by pair."""
    return statistics.median(a.seconds / b.seconds for a, b in zip(one, two, strict=True))
