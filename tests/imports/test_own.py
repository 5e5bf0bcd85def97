"""Our own reports, read back and written again."""

import json
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings

from scanguard.imports.join import joined
from scanguard.imports.read import read_reports
from scanguard.model.finding import order
from scanguard.model.report import Report, ordered
from scanguard.reporters import json as json_format
from scanguard.reporters import sarif
from scanguard.reporters.options import RenderOptions
from tests.reporters.samples import REPORTS
from tests.reporters.strategies import reports

FULL = partial(sarif.render, options=RenderOptions(include_suppressed=True))
FORMATS: dict[str, Callable[[Report], str]] = {"json": json_format.render, "sarif": sarif.render, "full": FULL}


def again(text: str, rules: Report) -> Report:
    """What a report says after it was written."""
    return joined(read_reports(text.encode(), "report", "/nowhere", {rule.id: rule for rule in rules.rules}))


def sorted_out(report: Report) -> Report:
    """A report as a run gives it: sorted, each thing once."""
    findings = tuple(sorted(report.findings, key=order))
    return report._replace(
        findings=findings, notifications=ordered(report.notifications), exit_zero=False, files=report.files
    )


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_that_was_read_is_written_byte_for_byte(name: str, format: str):
    report, render = sorted_out(REPORTS[name]), FORMATS[format]
    text = render(report)
    assert render(again(text, report)) == text


@settings(max_examples=40)
@given(report=reports())
def test_any_report_that_was_read_twice_is_the_same(report: Report):
    for render in FORMATS.values():
        once = render(again(render(report), report))
        assert render(again(once, report)) == once


def test_rules_that_nobody_knows_here_are_what_sarif_says_of_them():
    report = sorted_out(REPORTS["failing"])
    text = FULL(report)
    assert FULL(joined(read_reports(text.encode(), "report", "/nowhere", {}))) == text


@settings(max_examples=25)
@given(report=reports())
def test_sarif_that_leaves_results_out_still_says_how_many(report: Report):
    text = sarif.render(report, limit=1)
    found = again(text, report)
    assert sum(number for _, number in found.omitted) == max(0, len(report.active) - 1)


def test_a_later_minor_version_is_read():
    document = json.loads(json_format.render(sorted_out(REPORTS["failing"])))
    document["schema_version"] = "1.99"
    document["new"] = {"of": "later"}
    (report,) = read_reports(json.dumps(document).encode(), "report", "/nowhere", {})
    assert len(report.findings) == len(REPORTS["failing"].findings)
