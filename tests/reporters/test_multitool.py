"""The judgement of somebody else's validator, GitHub's rules included, on every golden SARIF file."""

import os
from pathlib import Path

import pytest

from tests import multitool

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.sarif"))


@pytest.fixture(scope="module")
def tool() -> Path:
    path = multitool.binary()
    if path is None and os.environ.get("CI") == "true":
        path = multitool.install()
    if path is None:
        pytest.skip(multitool.HOW)
    return path


@pytest.mark.parametrize("file", GOLDEN, ids=lambda path: path.name)
def test_multitool_has_nothing_to_say(tool: Path, file: Path):
    assert multitool.validate(tool, file) == []


def test_multitool_does_find_what_is_wrong(tool: Path, tmp_path: Path):
    broken = tmp_path / "broken.sarif"
    text = GOLDEN[0].read_text().replace('"columnKind"', '"columnKlnd"')
    broken.write_text(text)
    assert multitool.validate(tool, broken) != []
    broken.write_text(text[:-9])
    assert multitool.validate(tool, broken) != []
    assert multitool.validate(tool, tmp_path / "absent.sarif") == ["no such file"]


def test_there_are_golden_files():
    assert len(GOLDEN) == 8
