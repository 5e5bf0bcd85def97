"""Git repositories for tests, made by git itself and free of the configuration of whoever runs them."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

BAD = "FROM debian:12\nRUN apt-get update && apt-get install -y gcc\n"
GOOD = f"FROM debian:12@sha256:{'0123456789abcdef' * 4}\nUSER 1000\n"
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


def git(root: Path, *words: str, code: int | None = 0) -> str:
    """What git prints on both streams; `code` is what it must return, None for whatever."""
    done = subprocess.run(
        ["git", *words],
        cwd=root,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert code is None or done.returncode == code, done.stdout
    return done.stdout.strip()


def new(root: Path, files: dict[str, str] | None = None) -> Path:
    """A repository on branch `main`, with one commit where files are given."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    if files:
        commit(root, files)
    return root


def write(root: Path, files: dict[str, str]) -> None:
    """Write files below the root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def commit(root: Path, files: dict[str, str], message: str = "change") -> str:
    """Write files and commit everything; returns the commit."""
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message)
    return git(root, "rev-parse", "HEAD")


def logging(folder: Path, log: Path) -> str:
    """A PATH on which git is a script, written into the folder, that first adds what it is asked to a log."""
    real = shutil.which("git", path=ENVIRONMENT["PATH"])
    assert real is not None
    folder.mkdir()
    script = folder / "git"
    script.write_text(f'#!/bin/sh\necho "$*" >> {shlex.quote(str(log))}\nexec {shlex.quote(real)} "$@"\n')
    script.chmod(0o755)
    return f"{folder}{os.pathsep}{ENVIRONMENT['PATH']}"


def logged(log: Path) -> list[str]:
    """The commands that ScanGuard gave to git, without the options before them."""
    lines = (line for line in log.read_text().splitlines() if line.startswith("--no-pager"))
    return [re.sub(r"^--no-pager --literal-pathspecs( -c \S+)* ", "", line) for line in lines]
