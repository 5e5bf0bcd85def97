"""scripts/docs.py writes the rules' pages, and says where one is not current."""

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.environments import ROOT


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The script's names, its pages in a folder of the test."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    found = runpy.run_path(str(ROOT / "scripts" / "docs.py"))
    inner = found["main"].__globals__
    inner["PAGES"], inner["ROOT"] = tmp_path / "rules", tmp_path
    return inner


def call(docs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["docs.py", *words])
    return docs["main"]()


def test_drift_is_found(
    docs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(docs, monkeypatch, "--check") == 1
    assert not docs["PAGES"].exists()
    assert call(docs, monkeypatch) == 0
    assert call(docs, monkeypatch, "--check") == 0
    capsys.readouterr()

    page = docs["PAGES"] / "root-user.md"
    page.write_text(page.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    (docs["PAGES"] / "gone.md").write_text("# gone\n", encoding="utf-8")
    assert call(docs, monkeypatch, "--check") == 1
    stale = capsys.readouterr().err.splitlines()
    how = "is not current: run `python scripts/docs.py`"
    assert stale == [f"rules/root-user.md {how}", f"rules/gone.md {how}"]
    assert call(docs, monkeypatch) == 0
    assert not (docs["PAGES"] / "gone.md").exists()


def test_pages_are_the_same_every_time(docs: dict[str, Any]) -> None:
    assert docs["pages"]() == docs["pages"]()
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in docs["pages"]().values())


def test_a_page_shows_what_is_run(docs: dict[str, Any]) -> None:
    rule = next(rule for rule in docs["rules"]() if rule.name == "root-user")
    text = docs["page"](rule)
    assert text.startswith("# root-user (SGD101)\n")
    fixtures = sorted((ROOT / "tests" / "checks" / "dockerfile" / "root-user").glob("*.Dockerfile"))
    assert fixtures
    for fixture in fixtures:
        assert fixture.read_text(encoding="utf-8").strip() in text
