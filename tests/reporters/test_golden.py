"""Whole reports, byte for byte. `SCANGUARD_UPDATE_GOLDEN=1 pytest tests/reporters` writes the files anew."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from scanguard.model.report import Report
from scanguard.reporters import (
    github,
    gitlab_codequality,
    gitlab_container_scanning,
    json,
    junit,
    markdown,
    sarif,
    text,
)
from scanguard.reporters.options import RenderOptions
from tests.reporters.samples import REPORTS, SECRETS

GOLDEN = Path(__file__).parents[1] / "golden"
FORMATS: dict[str, Callable[[Report], str]] = {
    "txt": partial(text.render, options=RenderOptions(color=False, unicode=True, width=100)),
    "ascii.txt": partial(text.render, options=RenderOptions(color=False, unicode=False, width=60)),
    "color.txt": partial(text.render, options=RenderOptions(color=True, unicode=True, width=100)),
    "json": json.render,
    "sarif": sarif.render,
    "full.sarif": partial(sarif.render, options=RenderOptions("scanguard/all/", include_suppressed=True), limit=8),
    "github.txt": github.render,
    "codequality.json": gitlab_codequality.render,
    "container-scanning.json": partial(
        gitlab_container_scanning.render, options=RenderOptions(time="2026-11-21T07:32:27")
    ),
    "junit.xml": junit.render,
    "md": markdown.render,
}
CASES = [(name, extension) for name in REPORTS for extension in FORMATS]


@pytest.mark.parametrize(("name", "extension"), CASES)
def test_reports_are_these(name: str, extension: str):
    rendered = FORMATS[extension](REPORTS[name])
    path = GOLDEN / f"{name}.{extension}"
    if os.environ.get("SCANGUARD_UPDATE_GOLDEN"):
        path.write_bytes(rendered.encode())
    assert rendered.encode() == path.read_bytes()


@pytest.mark.parametrize(("name", "extension"), CASES)
def test_no_report_holds_a_secret(name: str, extension: str):
    rendered = FORMATS[extension](REPORTS[name])
    assert [secret for secret in SECRETS if secret in rendered] == []


@pytest.mark.parametrize(("name", "extension"), CASES)
def test_nothing_in_a_report_is_a_logging_command(name: str, extension: str):
    rendered = FORMATS[extension](REPORTS[name])
    assert "##[" not in rendered
    ours = ("::error file=", "::warning file=", "::notice file=") if extension == "github.txt" else ()
    commands = [line for line in rendered.split("\n") if line.lstrip().startswith("::")]
    assert [line for line in commands if not line.startswith(ours)] == []


@pytest.mark.parametrize("extension", FORMATS)
def test_reports_end_with_one_line_end_and_have_no_carriage_returns(extension: str):
    rendered = FORMATS[extension](REPORTS["failing"])
    assert rendered.endswith("\n")
    assert not rendered.endswith("\n\n")
    assert "\r" not in rendered
