"""A command line to run inside the test's own process, and a repository to run it in."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from scanguard.cli import main

BAD = "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\n"
GOOD = f"FROM debian:12@sha256:{'0123456789abcdef' * 4}\nUSER 1000\n"


class Ran(NamedTuple):
    """What a command returned and printed."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the environment of whoever runs the tests shows in a report."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `scanguard` with these words."""

    def run(*words: str | Path) -> Ran:
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        return Ran(int(code), printed.out, printed.err)

    return run


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a bad and a good Dockerfile, and the working directory in it."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "bad").mkdir()
    (root / "good").mkdir()
    (root / "bad" / "Dockerfile").write_text(BAD, encoding="utf-8")
    (root / "good" / "Dockerfile").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(root)
    return root
