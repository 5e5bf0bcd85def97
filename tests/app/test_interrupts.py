"""A run on images that is interrupted: the program that it runs ends, what it wrote goes, and nobody sees a traceback."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.images import Recipe, docker_archive
from tests.trivydb import write_cache

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30.0
SLOW = """#!/bin/sh
case "$1" in --version) echo "Version: 0.76.0"; exit ;; esac
{trap}
echo $$ >> '{begun}'
exec sleep 60
"""


PROGRAM = """
import signal
from scanguard.cli import console

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
console()
"""


def until(condition, what: str) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "trap"), [("SIGINT", ""), ("SIGTERM", ""), ("SIGHUP", ""), ("SIGINT", "trap '' TERM INT HUP")]
)
def test_an_interrupt_in_the_middle_of_a_scan(name: str, trap: str, tmp_path: Path) -> None:
    """Also where Trivy does not end when it is asked to: then somebody else ends it after this process."""
    temporary, begun, trivy = tmp_path / "tmp", tmp_path / "begun", tmp_path / "trivy"
    temporary.mkdir()
    write_cache(tmp_path / "cache" / "trivy")
    trivy.write_text(SLOW.format(begun=begun, trap=trap))
    trivy.chmod(0o755)
    words = [sys.executable, "-c", PROGRAM, "check", "--trivy", str(trivy)]
    for number in range(2):
        (tmp_path / f"{number}.tar").write_bytes(docker_archive(Recipe(({f"app/{number}": b"x"},))))
        words += ["--image", str(tmp_path / f"{number}.tar")]
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "TMPDIR": str(temporary)}
    known["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    place = tmp_path / "empty"
    place.mkdir()
    process = subprocess.Popen(words, cwd=place, env=known, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: begun.exists() and len(begun.read_text().split()) == 2, "Trivy was not run")
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out, err) == (3, b"", b"scanguard: interrupted\n")
    until(lambda: not any(runs(int(one)) for one in begun.read_text().split()), "a Trivy goes on")
    until(lambda: not any(temporary.iterdir()), "a directory is left")
