"""Runs with the real Trivy: which vulnerabilities are accepted and on whose word, what is told of it, what `merge` reads back."""

import json
from pathlib import Path
from typing import Any

import pytest

from scanguard.app.check import check_request
from scanguard.app.images.options import ImageOptions
from scanguard.app.merge import merge
from scanguard.app.request import Environment, Request
from scanguard.app.session import Session
from scanguard.model.report import Report
from scanguard.policy.model import ImageTarget
from scanguard.reporters.options import RenderOptions
from scanguard.trivy.settings import TrivySettings
from tests.images import docker_archive
from tests.trivy.samples import recipe

TEXT = 'FROM debian:12\nCOPY a.conf /app/\nCOPY app /\nCMD ["app"]\n'
FOUND = {
    "CVE-2023-30861": (3, "exact"),
    "CVE-2023-32681": (3, "exact"),
    "CVE-2023-45853": (1, "base"),
    "CVE-2023-4911": (1, "base"),
    "CVE-2024-6119": (1, "base"),
}
TODAY = "2026-11-21"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    (folder / "Dockerfile").write_text(TEXT)
    (folder / "app.tar").write_bytes(docker_archive(recipe()))
    monkeypatch.chdir(folder)
    return folder


def check(root: Path, settings: TrivySettings, *images: str, **more: Any) -> Report:
    targets = tuple(ImageTarget(one, "Dockerfile") for one in images or ("app.tar",))
    options = ImageOptions(targets, trivy=settings, vex=more.pop("vex", ()))
    select = more.pop("select", ("vulnerable-package",))
    request = Request(more.pop("paths", ()), select=select, images=options, **more)
    return check_request(Session(Environment(str(root), TODAY), plugins=False), request)


def lines(report: Report) -> dict[str, tuple[int, str]]:
    """Line and certainty of the vulnerabilities that count."""
    return {one.rule.id: (one.region.start_line, one.origin) for one in report.active}


def told(report: Report) -> list[tuple[str, str]]:
    return [(one.level, one.message) for one in report.notifications]


def accepted(report: Report) -> dict[str, list[tuple[str, str]]]:
    return {
        one.rule.id: [(mark.kind, mark.justification) for mark in one.suppressions]
        for one in report.findings
        if not one.active
    }


def without(*ids: str) -> dict[str, tuple[int, str]]:
    return {id: where for id, where in FOUND.items() if id not in ids}


def test_vulnerabilities_are_on_the_lines_that_brought_them(root: Path, settings: TrivySettings) -> None:
    report = check(root, settings)
    assert (lines(report), told(report)) == (FOUND, [])
    assert (report.images[0].inherited, report.images[0].own) == (3, 2)


def test_exceptions_of_the_policy(root: Path, settings: TrivySettings) -> None:
    (root / "scanguard.yaml").write_text(
        "vulnerabilities:\n"
        "  - {id: CVE-2023-4911, reason: not reachable, expires: 2099-01-01}\n"
        "  - {id: CVE-2023-30861, reason: other package, expires: 2099-01-01, package: django}\n"
        "  - {id: CVE-2023-32681, reason: over, expires: 2026-11-20}\n"
        "exceptions:\n"
        "  - {rule: vulnerable-package, package: zlib1g, reason: no fix, expires: 2099-01-01}\n"
    )
    report = check(root, settings)
    assert lines(report) == without("CVE-2023-4911", "CVE-2023-45853")
    assert accepted(report) == {
        "CVE-2023-4911": [("policy", "not reachable")],
        "CVE-2023-45853": [("policy", "no fix")],
    }
    needless = ("note", "The exception for CVE-2023-30861 covers no vulnerability of the images.")
    assert told(report) == [
        ("warning", "The exception for CVE-2023-32681 ended on 2026-11-20: it counts again."),
        needless,
    ]
    assert (report.images[0].inherited, report.images[0].own) == (1, 2)
    broken = check(root, settings, "app.tar", "gone.tar")
    assert needless not in told(broken) and told(broken)[0][0] == "error"


def test_an_openvex_document_and_an_ignorefile(root: Path, settings: TrivySettings) -> None:
    statement = {
        "vulnerability": {"name": "CVE-2024-6119"},
        "products": [{"@id": "pkg:oci/app"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
    }
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/1",
        "author": "us",
        "timestamp": "2026-11-01T00:00:00Z",
        "version": 1,
        "statements": [statement],
    }
    (root / "vex.json").write_text(json.dumps(document))
    (root / ".trivyignore").write_text("CVE-2023-32681\n")
    assert lines(check(root, settings)) == FOUND
    (root / "scanguard.yaml").write_text("trivy: {ignorefile: .trivyignore}\n")
    report = check(root, settings, vex=("vex.json",))
    assert lines(report) == without("CVE-2024-6119", "CVE-2023-32681")
    assert {id: [kind for kind, _ in marks] for id, marks in accepted(report).items()} == {
        "CVE-2023-32681": ["policy"],
        "CVE-2024-6119": ["vex"],
    }


def test_a_comment_accepts_what_its_instruction_brought(root: Path, settings: TrivySettings) -> None:
    comment = '# scanguard: ignore[vulnerable-package] reason="internal"\n'
    (root / "Dockerfile").write_text(TEXT.replace("COPY app", f"{comment}COPY app"))
    report = check(root, settings)
    assert lines(report) == without("CVE-2023-30861", "CVE-2023-32681")
    assert (report.images[0].inherited, report.images[0].own) == (3, 0)


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_parts_of_a_run_and_what_is_read_back(root: Path, settings: TrivySettings, format: str) -> None:
    (root / "scanguard.yaml").write_text(
        "vulnerabilities:\n  - {id: CVE-2023-4911, reason: not reachable, expires: 2099-01-01, path: none}\n"
        "  - {id: CVE-2023-45853, reason: not reachable, expires: 2099-01-01}\n"
    )
    names = ("app.tar", "b.tar", "c.tar")
    for name in names[1:]:
        (root / name).write_bytes(docker_archive(recipe(name=f"acme/{name[0]}:1")))
    session = Session(Environment(str(root), TODAY), plugins=False)
    render = session.reporter(format)
    whole = render(check(root, settings, *names), RenderOptions())
    for part in ("1/2", "2/2"):
        text = render(check(root, settings, *names, shard=part), RenderOptions())
        (root / f"{part[0]}.out").write_text(text, encoding="utf-8")
    (root / "whole.out").write_text(whole, encoding="utf-8")
    for paths in (("whole.out",), ("1.out", "2.out")):
        assert json.loads(render(merge(paths, session), RenderOptions())) == json.loads(whole)


COMMENTS = ("vulnerable-package", "expired-suppression", "malformed-suppression", "unused-suppression")


def commented(root: Path, *comments: str) -> None:
    """Put comments above lines of the Dockerfile, given as `line: comment`; they are numbered as without comments."""
    by_line = dict(one.split(": ", 1) for one in comments)
    written = [
        (f"# scanguard: {by_line[str(number)]}\n" if str(number) in by_line else "") + line
        for number, line in enumerate(TEXT.splitlines(keepends=True), 1)
    ]
    (root / "Dockerfile").write_text("".join(written))


def said(report: Report) -> list[tuple[str, str]]:
    """What is wrong with comments."""
    return [(one.rule.name, one.message) for one in report.findings if one.rule.name != "vulnerable-package"]


@pytest.mark.parametrize("paths", [(), ("Dockerfile",)], ids=["image", "image-and-dockerfile"])
def test_comments_accept_single_vulnerabilities_where_they_are_blamed(
    paths: tuple[str, ...], root: Path, settings: TrivySettings
) -> None:
    """By the id of the finding, in any case, and by another id that Trivy knows; with rules beside them."""
    commented(
        root,
        '1: ignore[cve-2023-4911, DSA-5764-1] reason="not reachable"',
        "3: ignore[GHSA-j8r2-6x86-q33q] reason=internal until=2026-11-21",
    )
    report = check(root, settings, paths=paths, select=COMMENTS)
    assert {one.rule.id for one in report.active} == {"CVE-2023-30861", "CVE-2023-45853"}
    assert accepted(report) == {
        "CVE-2023-4911": [("inline", "not reachable")],
        "CVE-2024-6119": [("inline", "not reachable")],
        "CVE-2023-32681": [("inline", "internal")],
    }
    assert (said(report), told(report)) == ([], [])


@pytest.mark.parametrize("otherwise", ["comment", "policy"])
def test_an_exception_that_ended_is_no_warning_where_something_else_accepts_the_finding(
    otherwise: str, root: Path, settings: TrivySettings
) -> None:
    over = "vulnerabilities: [{id: CVE-2023-32681, reason: over, expires: 2026-11-20}]\n"
    rule = "exceptions: [{rule: vulnerable-package, package: requests, reason: x, expires: 2099-01-01}]\n"
    (root / "scanguard.yaml").write_text(over + (rule if otherwise == "policy" else ""))
    if otherwise == "comment":
        commented(root, "3: ignore[CVE-2023-32681] reason=x")
    report = check(root, settings)
    assert "CVE-2023-32681" in accepted(report)
    assert told(report) == [("note", "The exception for CVE-2023-32681 ended on 2026-11-20; no finding needs it.")]


def test_a_comment_for_the_file_accepts_a_vulnerability_wherever_it_is(root: Path, settings: TrivySettings) -> None:
    commented(root, "1: ignore-file[CVE-2023-4911,CVE-2023-30861]")
    report = check(root, settings, select=COMMENTS)
    assert accepted(report) == {"CVE-2023-4911": [("inline", "")], "CVE-2023-30861": [("inline", "")]}
    assert said(report) == []


def test_comments_that_accept_no_vulnerability_are_told_where_trivy_looked(root: Path, settings: TrivySettings) -> None:
    """One on another line than the blamed one, one that nothing has, one that ended."""
    commented(
        root, "1: ignore[CVE-2023-30861, GHSA-9wx4-h78v-vm56]", "3: ignore[CVE-2023-32681] until=2026-11-20 reason=x"
    )
    report = check(root, settings, paths=("Dockerfile",), select=COMMENTS)
    assert accepted(report) == {}
    assert sorted(said(report)) == [
        ("expired-suppression", "The suppression of CVE-2023-32681 ended on 2026-11-20."),
        ("unused-suppression", "'CVE-2023-30861' has nothing to suppress in this instruction."),
        ("unused-suppression", "'GHSA-9wx4-h78v-vm56' has nothing to suppress in this instruction."),
    ]
    alone = check_request(
        Session(Environment(str(root), TODAY), plugins=False), Request(("Dockerfile",), select=COMMENTS[1:])
    )
    assert [name for name, _ in said(alone)] == ["expired-suppression"]
    unscanned = check_request(
        Session(Environment(str(root), TODAY), plugins=False),
        Request((), images=ImageOptions((ImageTarget("app.tar", "Dockerfile"),), scan=False), select=COMMENTS[1:]),
    )
    assert said(unscanned) == []


def test_a_vulnerability_that_no_line_is_known_for_is_accepted_where_it_is_shown(
    root: Path, settings: TrivySettings
) -> None:
    (root / "Dockerfile").write_text("FROM other:1\nRUN a\nRUN b\nFROM scratch\nRUN c\nCOPY d /e\nRUN f\n")
    before = check(root, settings)
    (line,) = {one.region.start_line for one in before.active}
    assert {one.origin for one in before.active} == {"unknown"}
    lines = (root / "Dockerfile").read_text().splitlines(keepends=True)
    lines.insert(line - 1, "# scanguard: ignore[CVE-2023-4911] reason=x\n")
    (root / "Dockerfile").write_text("".join(lines))
    report = check(root, settings, select=COMMENTS)
    assert (accepted(report), said(report)) == ({"CVE-2023-4911": [("inline", "x")]}, [])
    assert {one.rule.id for one in report.active} == {one.rule.id for one in before.active} - {"CVE-2023-4911"}


@pytest.mark.parametrize("lock", ["vulnerable-package", "vulnerability", "vulnerabilities"])
def test_a_lock_refuses_comments_for_vulnerabilities(lock: str, root: Path, settings: TrivySettings) -> None:
    (root / "scanguard.yaml").write_text(f"locked: [{lock}]\nfail_on: low\n")
    commented(root, "1: ignore[CVE-2023-4911]", "3: ignore[vulnerable-package]")
    report = check(root, settings, paths=("Dockerfile",))
    assert accepted(report) == {}
    name = "vulnerabilities" if lock == "vulnerabilities" else "vulnerable-package"
    own = "it" if name == "vulnerable-package" else name
    assert told(report) == [
        ("warning", f"The suppression of CVE-2023-4911 has no effect: scanguard.yaml:1:10 locks {name}."),
        ("warning", f"The suppression of vulnerable-package has no effect: scanguard.yaml:1:10 locks {own}."),
    ]
