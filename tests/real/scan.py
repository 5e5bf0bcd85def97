"""`scanguard check` on real images, and what it found."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple


class Scan(NamedTuple):
    """Where Trivy and its database are."""

    program: str
    cache: Path


class Ran(NamedTuple):
    """How the command ended and what it printed."""

    code: int
    output: str
    errors: str

    @property
    def document(self) -> Any:
        """The JSON report."""
        return json.loads(self.output)

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of the JSON report."""
        return list(self.document["findings"])


def scan(directory: Path, *words: str, with_trivy: Scan | None = None, offline: bool = True, **environment: str) -> Ran:
    """Run the command in a directory, JSON on standard output unless the words say otherwise; the database is not due."""
    command = [sys.executable, "-I", "-m", "scanguard", "check"]
    if "--format" not in words:
        command += ["--format", "json"]
    if with_trivy is None:
        command.append("--no-trivy")
    else:
        command += ["--trivy", with_trivy.program, "--trivy-cache", str(with_trivy.cache)]
        command += ["--offline"] if offline else []
    known = {"PATH": os.environ["PATH"], "HOME": str(directory)}
    done = subprocess.run(
        [*command, *words], cwd=directory, env={**known, **environment}, capture_output=True, text=True, timeout=300
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def lines(ran: Ran, rule: str) -> dict[str, tuple[int, str]]:
    """The line and the certainty of each finding of a rule, by its id."""
    return {one["id"]: (one["start_line"], one["origin"]) for one in ran.findings if one["name"] == rule}
