"""The formats for CI systems: limits, schemas, and nothing of a file that acts."""

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from scanguard.model.finding import OR_THIS, SAME_LAYER, Finding, Place
from scanguard.model.location import Region
from scanguard.model.report import Notification, Report
from scanguard.model.rule import Severity
from scanguard.reporters import github, gitlab_codequality, gitlab_container_scanning, junit, markdown
from scanguard.reporters.options import RenderOptions
from tests.reporters.samples import API_FILE, CLEAN, FAILING, FINDINGS, IMAGE, INCOMPLETE, REPORTS, WORKER_FILE
from tests.reporters.strategies import reports

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "schemas"
SEVERITIES = tuple(Severity)
HOSTILE = (
    "::set-output name=x::y",
    "a\n::error::b",
    "a\r::add-mask::b",
    "%0A::error::x",
    "]]>",
    "a|b",
    "`code`",
    "@everyone",
    "#1 GH-12",
    "<script>alert(1)</script>",
    "<!-- scanguard-report: x -->",
    "[a](https://evil.example)",
    "https://evil.example www.evil.example",
    "\x1b[31mred\x1b[0m",
    "\u202egnp.exe",
    "\x00\x08\ufffe\ud800",
    "##[error]x ##vso[task.setvariable]y",
    "a,title=x:y",
)


def schema(name: str) -> Any:
    path = SCHEMAS / name
    if not path.is_file():
        pytest.skip(f"{path.name} lies in the shared folder, which is not here")
    return jsonschema.Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


def many(count: int) -> Report:
    """As many findings, of all severities in turn."""
    base = FINDINGS[0]
    made = tuple(base._replace(severity=SEVERITIES[at % 5], message=f"Fact {at}.", ordinal=at) for at in range(count))
    return FAILING._replace(findings=made)


def hostile(text: str) -> Report:
    """A report in which everything that can come from outside is this text."""
    base = IMAGE.findings[0]
    rule = base.rule._replace(name=text, summary=text)
    finding = base._replace(
        rule=rule, message=text, uri=text, stage=text, image=text, origin=text, key=text, facts=((text, text),)
    )
    notification = Notification("error", text, text)
    return IMAGE._replace(findings=(finding,), notifications=(notification,), policy=text)


@pytest.mark.parametrize(
    ("origin", "lines", "words"),
    [
        ("exact", (), "on this line for certain"),
        ("exact", (9,), "on this line for certain"),
        ("span", (4, 2), "in one layer of the lines 1, 2, 4"),
        ("candidates", (7, 4), "on one of the lines 1, 4, 7"),
        ("candidates", (), "most likely on this line"),
        ("base", (), "in the base image"),
        ("unknown", (), "on no line that is known"),
    ],
)
def test_what_is_known_of_a_line_is_said_in_the_same_words_everywhere(
    origin: str, lines: tuple[int, ...], words: str
) -> None:
    word = OR_THIS if origin == "candidates" else SAME_LAYER
    related = (Place("deleted here", Region(9, 1, 9, 4)), *(Place(word, Region(line, 1, line, 4)) for line in lines))
    found = IMAGE.findings[0]._replace(origin=origin, related=related)
    report = IMAGE._replace(findings=(found,))
    told = f"image: shop/worker ({words})"
    assert told in github.render(report)
    assert told in junit.render(report)
    assert told in gitlab_container_scanning.render(report)
    assert told.replace("(", "\\(").replace(")", "\\)") in markdown.render(report)


def test_annotations_keep_to_githubs_limits_worst_first():
    lines = github.render(many(100)).splitlines()
    kinds = [line.split(" ", 1)[0] for line in lines[:-2]]
    assert kinds == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
    assert [re.search("title=([a-z]+)", line)[1] for line in lines[:10]] == ["critical"] * 10
    assert lines[-2] == (
        "Not annotated: 30 errors, 10 warnings, 30 notices more, since GitHub shows 10 of each kind; the other reports"
        " have all."
    )


def test_what_was_not_checked_is_annotated_before_findings():
    report = many(50)._replace(notifications=INCOMPLETE.notifications)
    lines = github.render(report).splitlines()
    assert lines[0] == (
        r"::error file=%3A%3Abad%3A/Dockerfile,title=ScanGuard is incomplete::The file is not valid UTF-8.\n::error::x"
    )


def test_an_annotation_in_full():
    line = github.render(FAILING._replace(findings=(FINDINGS[2],))).splitlines()[0]
    assert line == (
        "::warning file=services/my api/Dockerfile,line=5,endLine=5,col=9,endColumn=11,"
        "title=medium[build-tools-installed] SGD401::Build tools ship in 'inference': 'gcc', 'g++', 'python3-dev' [see]."
        "%0A1. line 5: 'gcc', 'g++' and 'python3-dev' are installed in 'base'%0A2. line 10: 'inference' inherits 'base'"
        "%0Asee line 2: the base image [22.04]"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_file_is_a_workflow_command(text: str):
    lines = github.render(hostile(text)).split("\n")
    assert len(lines) == 4
    assert [line.partition("::")[0] + line[:12] for line in lines[:2]] == ["::error file", "::error file"]
    assert lines[2].startswith("ScanGuard: ")
    assert lines[3] == ""
    for line in lines[:2]:
        told, _, message = line[2:].partition("::")
        assert re.fullmatch(r"error file=[^,:]+(,(line|endLine|col|endColumn)=\d+)*,title=[^,:]+", told)
        assert re.search(r"##\w*\[", line) is None
        assert message.isprintable()
        assert set(re.findall("%..", message)) <= {"%0A", "%25"}


@pytest.mark.parametrize("name", REPORTS)
def test_code_quality_keeps_to_its_schema(name: str):
    document = json.loads(gitlab_codequality.render(REPORTS[name]))
    assert [error.message for error in schema("gitlab-codequality.documented.json").iter_errors(document)] == []


@settings(max_examples=50)
@given(report=reports())
def test_any_code_quality_report_has_distinct_fingerprints_and_relative_paths(report: Report):
    document = json.loads(gitlab_codequality.render(report))
    errors = sum(one.level == "error" for one in report.notifications)
    assert len(document) == len(report.active) + errors
    assert len({issue["fingerprint"] for issue in document}) == len(document)
    assert [issue for issue in document if issue["location"]["path"].startswith(("/", "./"))] == []


@pytest.mark.parametrize("path", ["/abs/Dockerfile", ".//x", "./x", "-"])
def test_paths_for_gitlab(path: str):
    document = json.loads(gitlab_codequality.render(CLEAN._replace(findings=(FINDINGS[0]._replace(uri=path),))))
    assert document[0]["location"]["path"] in ("abs/Dockerfile", "x", "-")


@pytest.mark.parametrize("text", ["x", *HOSTILE])
def test_container_scanning_keeps_to_its_schema(text: str):
    validator = schema("gitlab-container-scanning-15.2.4.subset.json")
    for report in (*REPORTS.values(), hostile(text), hostile(text * 3_000)):
        rendered = gitlab_container_scanning.render(report, RenderOptions(time="2026-11-21T07:32:27"))
        assert [error.message for error in validator.iter_errors(json.loads(rendered))] == []


def test_container_scanning_tells_packages_apart_and_leaves_dockerfiles_out():
    both = IMAGE._replace(findings=(*FAILING.findings, *IMAGE.findings))
    document = json.loads(gitlab_container_scanning.render(both))
    found = document["vulnerabilities"]
    assert [(one["severity"], one["location"]["dependency"], one["solution"]) for one in found] == [
        (
            "Critical",
            {"package": {"name": "openssl"}, "version": "3.0.1-1"},
            "Upgrade openssl to 3.0.2-1; the line to change is worker.Dockerfile:1.",
        ),
        (
            "Critical",
            {"package": {"name": "libssl3"}, "version": "3.0.1-1"},
            "The line to change is worker.Dockerfile:1.",
        ),
        ("High", {"package": {"name": "root-user"}, "version": ""}, "The line to change is worker.Dockerfile:1."),
    ]
    assert [one["identifiers"][0]["type"] for one in found] == ["cve", "cve", "scanguard_rule"]
    assert len({one["id"] for one in found}) == 3
    assert found[0]["location"]["operating_system"] == "debian 12"


def junit_tree(report: Report) -> ElementTree.Element:
    return ElementTree.fromstring(junit.render(report).encode())


def verdict(case: ElementTree.Element) -> str:
    return next((child.tag for child in case if child.tag != "system-out"), "passed")


def test_junit_has_a_suite_a_file_and_a_case_a_finding():
    suites = junit_tree(FAILING)
    assert [suite.get("name") for suite in suites] == ["services/my api/Dockerfile", "worker.Dockerfile"]
    told = {(finding.uri, finding.message): expected(finding) for finding in FAILING.findings}
    cases = [case for suite in suites for case in suite]
    assert sorted(verdict(case) for case in cases) == sorted(told.values())
    assert suites.get("failures") == str(list(told.values()).count("failure"))


def expected(finding: Finding) -> str:
    if finding.suppressions:
        return "skipped"
    return "failure" if finding.severity >= Severity.MEDIUM else "passed"


@settings(max_examples=50)
@given(report=reports())
def test_any_junit_report_is_xml_whose_counts_are_right(report: Report):
    root = junit_tree(report)
    cases = [case for suite in root for case in suite]
    kinds = [verdict(case) for case in cases]
    counted = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    assert {name: int(root.get(name, "-1")) for name in counted} == {
        name: kinds.count(kind) for name, kind in counted.items()
    }
    assert ("failure" in kinds) == report.gate_failed
    assert ("error" in kinds) == (not report.complete)
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_bears_any_text(text: str):
    rendered = junit.render(hostile(text))
    assert junit_tree(hostile(text)).get("tests") == "3"
    assert "]]>" not in rendered
    assert [line for line in rendered.split("\n") if line.lstrip().startswith(("::", "##"))] == []
    assert [char for char in rendered if not char.isprintable() and char != "\n"] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_of_any_text_is_text(text: str):
    rendered = markdown.render(hostile(text))
    lines = rendered.split("\n")
    assert lines[0] == "<!-- scanguard-report: scanguard/dockerfile -->"
    assert rendered.count("<!--") == 1
    assert set(re.findall(r"<[^ >]*", rendered)) <= {"<!--", "<br", "<sub", "</sub"}
    assert "@" not in rendered
    assert "://" not in rendered
    assert re.search(r"(?i)www\.|(?<![&a-z0-9])gh-\d", rendered) is None
    assert [char for char in rendered if not char.isprintable() and char != "\n"] == []
    (row,) = [line for line in lines if line.startswith("| **")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert re.search(r"(?<!\\)[`\[\]]", row) is None


def test_markdown_names_the_image_where_there_is_no_dockerfile():
    report = IMAGE._replace(findings=(IMAGE.findings[0]._replace(origin=""),))
    rows = [line for line in markdown.render(report).splitlines() if line.startswith("| **")]
    assert [row.split(" | ")[1] for row in rows] == ["image shop/worker"]


def test_markdown_is_found_again_by_its_category():
    assert markdown.marker("scanguard/image/shop/") == "<!-- scanguard-report: scanguard/image/shop -->"
    assert markdown.marker("a --> <b>") == "<!-- scanguard-report: a-b -->"
    first = markdown.render(FAILING, RenderOptions("x"))
    assert first.startswith("<!-- scanguard-report: x -->\n")


@pytest.mark.parametrize("room", [2_000, 65_536, 900_000])
def test_markdown_keeps_to_its_room_and_says_what_is_missing(room: int):
    notes = tuple(Notification("error", f"Nothing was read of é{at}.", f"{at}/Dockerfile") for at in range(9_000))
    rendered = markdown.render(many(20_000)._replace(notifications=notes), RenderOptions(room=room))
    assert len(rendered.encode()) <= room
    shown = rendered.count("\n| ") - 1
    assert f"_{20_000 - shown} further findings left out" in rendered
    assert "further notifications left out" in rendered
    severities = [line.split(" ")[1].strip("*") for line in rendered.splitlines() if line.startswith("| ")][1:]
    assert severities == sorted(severities, key=["critical", "high", "medium", "low", "note"].index)


def test_samples_are_what_these_tests_think():
    assert {finding.uri for finding in FINDINGS} == {API_FILE.source.uri, WORKER_FILE.source.uri}
