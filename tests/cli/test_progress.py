"""What a terminal shows while images are checked, and that nobody else sees it."""

import os
import pty
import re
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.images.test_run import TEXT, recipe
from tests.images import configuration, docker_archive
from tests.trivydb import write_cache

NAMES = ("app", "worker")
SLOW = """#!/bin/sh
[ "$1" = --version ] && echo 'Version: 0.76.0' && exit
while [ $# -gt 0 ]; do case $1 in --output) out=$2 ;; esac; shift; done
sleep 2.6
printf '%s' '{"SchemaVersion": 2, "Metadata": {"DiffIDs": [LISTED]}}' > "$out"
"""
SEEN = re.compile(r"\r\x1b\[K(\d) s: (.*?)(?=\r|\Z)")


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """A command that checks two images with a Trivy that takes its time."""
    (tmp_path / "Dockerfile").write_text(TEXT)
    for name in NAMES:
        (tmp_path / f"{name}.tar").write_bytes(docker_archive(recipe(name=f"example/{name}:1")))
    write_cache(tmp_path / "cache")
    listed = ",".join(f'"{one}"' for one in configuration(recipe())["rootfs"]["diff_ids"])
    program = tmp_path / "trivy"
    program.write_text(SLOW.replace("LISTED", listed))
    program.chmod(0o755)
    named = [word for name in NAMES for word in ("--image", f"{name}.tar")]
    here = ["--trivy", str(program), "--trivy-cache", str(tmp_path / "cache")]
    return [sys.executable, "-m", "scanguard", "check", *named, "--offline", *here, "--select", "vulnerable-package"]


def on_terminal(words: list[str], folder: Path, columns: int = 200, **variables: str) -> tuple[str, str]:
    """What a command prints to its standard output, which is a pipe, and to its standard error, which is a terminal."""
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "TERM", "COLUMNS")}
    mine, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    try:
        process = subprocess.Popen(
            words, cwd=folder, stdout=subprocess.PIPE, stderr=theirs, env={**environment, **variables}, text=True
        )
        os.close(theirs)
        seen = b"".join(_pieces(mine))
        out, _ = process.communicate(timeout=60)
    finally:
        os.close(mine)
    return out, seen.decode().replace("\r\n", "\n")


def _pieces(handle: int) -> Iterator[bytes]:
    """What comes out of a terminal; an error is its end (Linux)."""
    try:
        while piece := os.read(handle, 4096):
            yield piece
    except OSError:
        return


def test_a_terminal_shows_what_goes_on(words: list[str], tmp_path: Path) -> None:
    quiet = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    for found in (tmp_path / "cache" / "scanguard").glob("found-*"):
        found.unlink()
    out, seen = on_terminal(words, tmp_path, TERM="xterm")
    assert (out, quiet.stderr) == (quiet.stdout, "")
    layers = len(configuration(recipe())["rootfs"]["diff_ids"])
    works = {f"Trivy scans {name}.tar (1 MB, {layers} layers)" for name in NAMES}
    drawn = SEEN.findall(seen)
    assert {work for _, line in drawn for work in line.split("; ")} == works
    assert [int(seconds) for seconds, _ in drawn] == sorted(int(seconds) for seconds, _ in drawn)
    assert len(drawn) >= 2
    assert seen.endswith("\r\x1b[K")
    assert SEEN.sub("", seen).replace("\r\x1b[K", "") == ""
    assert on_terminal(words, tmp_path, TERM="xterm") == (quiet.stdout, ""), "what is known takes no time"


def test_the_line_never_wraps(words: list[str], tmp_path: Path) -> None:
    _, seen = on_terminal(words, tmp_path, columns=30, TERM="xterm")
    assert {len(piece) for piece in seen.split("\r\x1b[K") if piece} == {29}


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_dumb_terminal_gets_plain_lines(term: str, words: list[str], tmp_path: Path) -> None:
    _, seen = on_terminal(words, tmp_path, TERM=term)
    assert "\x1b" not in seen
    assert sorted(line.partition(" (")[0] for line in seen.splitlines()) == [
        f"Trivy scans {name}.tar" for name in NAMES
    ]


def test_a_job_of_ci_gets_nothing(words: list[str], tmp_path: Path) -> None:
    assert on_terminal(words, tmp_path, TERM="xterm", CI="true")[1] == ""
