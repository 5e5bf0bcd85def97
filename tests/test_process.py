"""Programs are run with little of the environment, and none outlives its call."""

import gc
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Timer

import pytest

from scanguard.process import Dialogue, Ended, EndedEarlyError, environment, run
from scanguard.threads import interruptible
from tests.environments import ROOT

PYTHON = [sys.executable, "-I", "-c"]


def test_what_a_program_says() -> None:
    script = "import sys; print('out'); sys.stderr.write('err'); sys.exit(7)"
    assert run([*PYTHON, script], timeout=30) == Ended(7, b"out\n", b"err")


def test_the_environment_is_small() -> None:
    given = {"PATH": "/bin", "HOME": "/h", "TRIVY_SEVERITY": "UNKNOWN", "LD_PRELOAD": "x", "https_proxy": "http://p"}
    assert environment(given, {"TMPDIR": "/t"}) == {
        "PATH": "/bin",
        "HOME": "/h",
        "https_proxy": "http://p",
        "TMPDIR": "/t",
    }


def test_the_directory_is_empty_and_goes(tmp_path: Path) -> None:
    script = "import os; print(os.getcwd()); print(os.listdir())"
    where, listed = run([*PYTHON, script], timeout=30).output.decode().split()
    assert listed == "[]"
    assert not os.path.exists(where)
    assert run([*PYTHON, script], timeout=30, cwd=str(tmp_path)).output.decode().split() == [str(tmp_path), "[]"]


def gone(path: Path) -> bool:
    """Whether the process whose id stands in the file has ended."""
    for _ in range(100):
        try:
            os.kill(int(path.read_text()), 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


CHILD = "import os, time; open({path!r}, 'w').write(str(os.getpid())); time.sleep(60)"
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {child!r}])"


def family(path: Path) -> list[str]:
    """A program that waits for a child of its own, which writes its id into the file."""
    return [*PYTHON, PARENT.format(child=CHILD.format(path=str(path)))]


@pytest.mark.parametrize("watched", [False, True])
def test_too_slow(watched: bool, tmp_path: Path) -> None:
    path = tmp_path / "id"
    ended = run(family(path), timeout=1.5, stop=Event() if watched else None)
    assert (ended.timed_out, ended.code) == (True, -15)
    assert gone(path)


def test_stopped_from_another_thread(tmp_path: Path) -> None:
    path, stop = tmp_path / "id", Event()
    Timer(1.0, stop.set).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(family(path), timeout=60, stop=stop)
    assert time.monotonic() - began < 20
    assert gone(path)


def test_watched_and_well() -> None:
    assert run([*PYTHON, "import time; time.sleep(0.5); print(1)"], timeout=30, stop=Event()) == Ended(0, b"1\n", b"")


def test_none_to_run() -> None:
    with pytest.raises(OSError, match="nosuch"):
        run(["/nosuch/program"], timeout=5)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_ends_what_is_run(name: str, tmp_path: Path) -> None:
    """Who is told to end takes the programs along that it runs in other threads, and their directories."""
    path, temporary = tmp_path / "id", tmp_path / "tmp"
    temporary.mkdir()
    script = f"""
import signal, sys, threading
sys.path.insert(0, {str(ROOT)!r})
from concurrent.futures import ThreadPoolExecutor
from scanguard.process import run
from scanguard.threads import interruptible
signal.signal(signal.SIGINT, signal.default_int_handler)
stop = threading.Event()
try:
    with interruptible(), ThreadPoolExecutor(1) as pool:
        try:
            pool.submit(run, {family(path)!r}, timeout=60, stop=stop).result()
        except BaseException:
            stop.set()
            raise
except KeyboardInterrupt:
    print("interrupted", signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
"""
    program = subprocess.Popen(
        [*PYTHON, script], stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(temporary)}, start_new_session=True
    )
    while not (path.exists() and path.read_text()):
        time.sleep(0.05)
    program.send_signal(getattr(signal, name))
    said, _ = program.communicate(timeout=30)
    assert (said, program.returncode) == (b"interrupted True\n", 0)
    assert gone(path)
    assert list(temporary.iterdir()) == []


def test_other_threads_get_no_signals() -> None:
    def inside() -> bool:
        with interruptible():
            return signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(inside).result()


ECHO = """
import os, sys
open({path!r}, "w").write(str(os.getpid()))
for line in sys.stdin:
    sys.stderr.write("e" * {noise})
    sys.stdout.write(line[:-1] * {times} + "\\n")
    sys.stdout.flush()
sys.exit(3)
"""


def dialogue(tmp_path: Path, script: str, timeout: float = 30) -> Dialogue:
    return Dialogue([*PYTHON, script], timeout=timeout, extra={}, cwd=str(tmp_path))


def echo(tmp_path: Path, times: int = 1, noise: int = 0) -> Dialogue:
    return dialogue(tmp_path, ECHO.format(path=str(tmp_path / "id"), times=times, noise=noise))


def test_questions_are_answered_by_one_process_that_ends_when_it_is_closed(tmp_path: Path) -> None:
    asked = echo(tmp_path)
    asked.ask(b"one\ntwo\n")
    assert (asked.line(), asked.take(2), asked.line()) == (b"one", b"tw", b"o")
    asked.ask(b"three\n")
    assert asked.take(6) == b"three\n"
    assert asked.close() == Ended(3, b"", b"")
    assert asked.close() == Ended(3, b"", b"")
    assert gone(tmp_path / "id")


def test_long_answers_and_much_on_standard_error_block_nothing(tmp_path: Path) -> None:
    asked = echo(tmp_path, times=300_000, noise=150_000)
    for _ in range(3):
        asked.ask(b"xy\n")
        assert asked.line() == b"xy" * 300_000
    ended = asked.close()
    assert (ended.code, set(ended.errors)) == (3, set(b"e"))
    assert 100_000 <= len(ended.errors) < 300_000


def test_a_program_that_ends_before_its_answer_is_told(tmp_path: Path) -> None:
    asked = dialogue(tmp_path, "import sys; input(); print('half', end=''); sys.exit('no more')")
    asked.ask(b"one\n")
    with pytest.raises(EndedEarlyError) as caught:
        asked.line()
    assert caught.value.ended == Ended(1, b"", b"no more\n")


def test_a_question_that_nobody_reads_is_told(tmp_path: Path) -> None:
    there = tmp_path / "there"
    script = f"import os, time; os.close(0); open({str(there)!r}, 'w').close(); time.sleep(0.5); os._exit(4)"
    asked = dialogue(tmp_path, script)
    while not there.exists():
        time.sleep(0.02)
    with pytest.raises(EndedEarlyError) as caught:
        asked.ask(b"one\n")
    assert caught.value.ended == Ended(4, b"", b"")


def test_a_program_that_says_nothing_is_ended(tmp_path: Path) -> None:
    asked = dialogue(tmp_path, CHILD.format(path=str(tmp_path / "id")), timeout=0.5)
    asked.ask(b"one\n")
    with pytest.raises(EndedEarlyError) as caught:
        asked.take(1)
    assert caught.value.ended == Ended(-signal.SIGTERM, b"", b"", timed_out=True)
    assert gone(tmp_path / "id")


def test_a_dialogue_ends_with_the_last_reference_to_it(tmp_path: Path) -> None:
    asked = echo(tmp_path)
    asked.ask(b"one\n")
    assert asked.line() == b"one"
    del asked
    gc.collect()
    assert gone(tmp_path / "id")


def test_a_dialogue_ends_with_a_process_that_is_killed(tmp_path: Path) -> None:
    script = (
        f"import os, signal, sys; sys.path.insert(0, {str(ROOT)!r}); from scanguard.process import Dialogue; "
        f"d = Dialogue([sys.executable, '-I', '-c', {ECHO.format(path=str(tmp_path / 'id'), times=1, noise=0)!r}], "
        f"timeout=30, extra={{}}, cwd='/'); d.ask(b'one\\n'); d.line(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([*PYTHON, script]).returncode == -signal.SIGKILL
    assert gone(tmp_path / "id")
