"""The check as its users meet it: `scanguard check` on each fixture. Run with the plugin installed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FIXTURES = sorted(Path(__file__).parent.glob("*.Dockerfile"))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixture(path: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "scanguard",
        "check",
        "--select",
        "missing-source-label",
        "--format",
        "json",
        str(path),
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    report = json.loads(done.stdout)
    assert report["notifications"] == []
    found = [(finding["id"], finding["start_line"]) for finding in report["findings"]]
    expected = [line + 1 for line, text in enumerate(path.read_text().splitlines(), 1) if text == "# expect: EXA001"]
    assert found == [("EXA001", line) for line in expected]
    assert bool(expected) == path.name.startswith("bad-")
