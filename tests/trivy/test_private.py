"""Nothing in clear outlives ScanGuard, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from scanguard.trivy.private import private_directory, sweep

PROGRAM = """
import sys
from functools import partial
from scanguard.process import run
from scanguard.trivy.private import private_directory, watched

with private_directory(sys.argv[1]) as path:
    script = "echo $$ > report; mv report report.json; sleep 60"
    run(["/bin/sh", "-c", script], timeout=60, cwd=path, beside=partial(watched, paths=(path,)))
"""


def until(condition, seconds: float = 40) -> None:
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end
        sleep(0.02)


def running(number: int) -> bool:
    """Whether a process runs; one that ended and that nobody asked about does not."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{number}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_killed_run_leaves_no_program_and_no_report(tmp_path: Path) -> None:
    ours = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)])
    until(lambda: list(tmp_path.glob("*/report.json")))
    (report,) = tmp_path.glob("*/report.json")
    child = int(report.read_text())
    assert running(child)
    sleep(0.2)
    ours.send_signal(signal.SIGKILL)
    ours.wait()
    until(lambda: not running(child) and not list(tmp_path.iterdir()))


def test_directories_of_processes_that_are_gone_are_swept(tmp_path: Path) -> None:
    names = ("scanguard-private-old", "scanguard-private-new", "scanguard-other", "scanguard-private-target")
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_text("{}")
    (tmp_path / "scanguard-private-link").symlink_to(tmp_path / "scanguard-other")
    with private_directory(str(tmp_path)) as held:
        for name in ("scanguard-private-old", "scanguard-other", Path(held).name):
            os.utime(tmp_path / name, (0, 0))
        sweep(str(tmp_path))
        left = {one.name for one in tmp_path.iterdir()}
        assert left == {*names[1:], "scanguard-private-link", Path(held).name}
    assert not Path(held).exists()
    assert (tmp_path / "scanguard-other" / "report.json").exists()


@pytest.mark.parametrize("where", ["none", "file"])
def test_nothing_to_sweep(where: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    sweep(str(tmp_path / where))
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
