import subprocess
import sys
import threading

import pytest

from scanguard.threads import Aside, Each

SECONDS = 10.0


def test_what_goes_on_aside_gives_its_value_to_all_who_ask() -> None:
    begin = threading.Event()

    def call() -> int:
        assert begin.wait(SECONDS)
        return 7

    with Aside(call) as aside:
        begin.set()
        assert (aside.result(), aside.result()) == (7, 7)


def test_the_error_of_what_goes_on_aside_is_raised_by_whoever_asks() -> None:
    def call() -> int:
        raise KeyError("lost")

    with Aside(call) as aside:
        for _ in range(2):
            with pytest.raises(KeyError, match="lost"):
                aside.result()


def test_a_block_ends_after_what_goes_on_aside() -> None:
    begin = threading.Event()
    done: list[bool] = []

    def leave() -> None:
        with Aside(lambda: done.append(begin.wait(SECONDS))):
            begin.set()
            raise ValueError("block")

    with pytest.raises(ValueError, match="block"):
        leave()
    assert done == [True]


@pytest.mark.parametrize("count", [0, 1, 3, 50])
@pytest.mark.parametrize("at_once", [1, 4])
def test_each_item_gives_its_result_in_order(count: int, at_once: int) -> None:
    with Each(lambda item: item * item, range(count), at_once) as each:
        assert each.results() == tuple(item * item for item in range(count))


def test_items_go_on_at_the_same_time_and_no_more_than_allowed() -> None:
    together = threading.Barrier(3, timeout=SECONDS)
    seen: set[int] = set()

    def call(_: int) -> None:
        together.wait()
        seen.add(threading.get_ident())

    with Each(call, range(9), 3) as each:
        each.results()
    assert len(seen) == 3


def test_after_an_error_no_item_is_begun() -> None:
    begun: list[int] = []

    def call(item: int) -> int:
        begun.append(item)
        if item == 2:
            raise ValueError(f"item {item}")
        return item

    with Each(call, range(10), 1) as each, pytest.raises(ValueError, match="item 2"):
        each.results()
    assert begun == [0, 1, 2]


def test_of_several_errors_the_first_item_s_is_raised() -> None:
    together = threading.Barrier(2, timeout=SECONDS)

    def call(item: int) -> None:
        together.wait()
        raise ValueError(f"item {item}")

    with Each(call, range(2), 2) as each, pytest.raises(ValueError, match="item 0"):
        each.results()


def test_a_block_that_is_left_by_an_error_begins_no_further_item() -> None:
    go_on, begun = threading.Event(), threading.Event()
    done: list[int] = []

    def call(item: int) -> None:
        begun.set()
        assert go_on.wait(SECONDS)
        done.append(item)

    def leave() -> None:
        with Each(call, range(3), 1) as each:
            assert begun.wait(SECONDS)
            each.stop()
            go_on.set()
            raise ValueError("block")

    with pytest.raises(ValueError, match="block"):
        leave()
    assert done == [0]


INTERRUPTED = """
import os, signal, sys, threading, time
from scanguard import threads

signal.signal(signal.SIGINT, signal.default_int_handler)
threads._PATIENCE = float(sys.argv[1])
begun, asked, over = threading.Event(), threading.Event(), threading.Event()

def work(_=None):
    begun.set()
    asked.wait(10)
    time.sleep(0.3)
    over.set()

def interrupt():
    begun.wait(10)
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=interrupt).start()
try:
    with eval(sys.argv[2]) as going:
        try:
            getattr(going, sys.argv[3])()
        finally:
            asked.set()
except KeyboardInterrupt:
    print("interrupted,", "over" if over.is_set() else "left alone")
"""


@pytest.mark.parametrize(("patience", "expected"), [("10", "over"), ("0.01", "left alone")])
@pytest.mark.parametrize("call", [("threads.Aside(work)", "result"), ("threads.Each(work, range(2), 2)", "results")])
def test_an_interrupt_waits_for_what_goes_on_but_not_forever(
    patience: str, expected: str, call: tuple[str, str]
) -> None:
    words = [sys.executable, "-c", INTERRUPTED, patience, *call]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"interrupted, {expected}\n"


def test_threads_need_no_logging() -> None:
    program = "import sys, scanguard.threads; print({'concurrent', 'logging', 'signal'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "set()\n"
