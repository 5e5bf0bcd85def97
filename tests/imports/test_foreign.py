"""What other tools found: under their names, once, with nothing taken on trust."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.imports.equivalents import Equivalents
from scanguard.imports.join import finished, joined
from scanguard.imports.once import once
from scanguard.model.finding import Finding
from scanguard.model.location import Region
from scanguard.model.report import Report
from scanguard.model.rule import Severity
from tests.imports.documents import CATALOGUE, ROOT, loaded, log, result
from tests.reporters.samples import CLEAN, CVE, FINDINGS, IMAGE, TOKEN, WORKER_FILE
from tests.reporters.samples import ROOT as ROOT_USER

OWN = FINDINGS[10]._replace(rule=ROOT_USER, lines=(2, 4), region=Region(3, 6, 3, 10), severity=Severity.HIGH)


def only(document: object) -> Finding:
    ((report,),) = (loaded(document),)
    (finding,) = report.findings
    return finding


def shown(*reports: Report) -> list[tuple[str, int, tuple[tuple[str, str], ...]]]:
    whole = once(finished(joined(reports), "1"), Equivalents(CATALOGUE.values()))
    return [(finding.rule.id, finding.region.start_line, finding.facts) for finding in whole.findings]


def with_own(*documents: dict[str, Any], finding: Finding = OWN) -> list[tuple[str, int, tuple[tuple[str, str], ...]]]:
    own = CLEAN._replace(findings=(finding,))
    return shown(own, *(report for document in documents for report in loaded(document)))


def also(words: str) -> tuple[tuple[str, str], ...]:
    return (("also reported by", words),)


def test_a_finding_of_another_tool_in_full():
    finding = only(log("Hadolint", result("DL3008", 7, level="warning")))
    rule = finding.rule
    assert (rule.id, rule.name, rule.category) == ("Hadolint:DL3008", "hadolint-dl3008", "hygiene")
    assert (finding.uri, finding.region, finding.severity) == (
        "worker.Dockerfile",
        Region(7, 1, 7, 1),
        Severity.MEDIUM,
    )
    assert finding.message == "DL3008 it is"


@pytest.mark.parametrize(
    ("fields", "rule", "severity"),
    [
        ({"level": "error"}, {}, Severity.HIGH),
        ({"level": "note"}, {}, Severity.LOW),
        ({"level": "none"}, {}, Severity.NOTE),
        ({}, {}, Severity.MEDIUM),
        ({}, {"defaultConfiguration": {"level": "error"}}, Severity.HIGH),
        ({"level": "error"}, {"properties": {"security-severity": "9.8"}}, Severity.CRITICAL),
        ({"level": "error"}, {"properties": {"security-severity": "2.0"}}, Severity.LOW),
        ({"properties": {"security-severity": 5.5}}, {"properties": {"security-severity": "9.8"}}, Severity.MEDIUM),
        ({"level": "note"}, {"properties": {"security-severity": "high"}}, Severity.LOW),
        ({"level": "note"}, {"properties": {"security-severity": "1e9"}}, Severity.LOW),
    ],
)
def test_severities(fields: dict[str, Any], rule: dict[str, Any], severity: Severity):
    assert only(log("x", result("R1", **fields), rules=({"id": "R1", **rule},))).severity is severity


@pytest.mark.parametrize("kind", ["pass", "notApplicable", "informational"])
def test_what_is_no_defect_is_no_finding(kind: str):
    (report,) = loaded(log("x", result("R1", kind=kind)))
    assert report.findings == ()


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("a%20b/Dockerfile", "a b/Dockerfile"),
        ("./a/../Dockerfile", "Dockerfile"),
        (f"{ROOT}/a/Dockerfile", "a/Dockerfile"),
        (f"file://{ROOT}/a/Dockerfile", "a/Dockerfile"),
        ("a\\b", "a/b"),
    ],
)
def test_paths_in_the_repository(uri: str, path: str):
    assert only(log("x", result("R1", uri=uri))).uri == path


@pytest.mark.parametrize(
    "uri", ["/etc/passwd", "../x", "a/../../x", "file:///etc/passwd", "http://e/x", "..", "%2e%2e/x", f"{ROOT}2/x"]
)
def test_a_path_that_leads_out_is_text(uri: str):
    finding = only(log("x", result("R1", 9, uri=uri)))
    assert (finding.uri, finding.region) == ("other.sarif", Region(1, 1, 1, 1))
    assert finding.message.startswith("R1 it is (in '")


def test_a_base_in_the_repository_is_followed():
    bases = {"ROOTPATH": {"uri": f"file://{ROOT}/app/"}}
    placed = result("R1", uri="Dockerfile")
    placed["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "ROOTPATH"
    assert only(log("Trivy", placed, originalUriBaseIds=bases)).uri == "app/Dockerfile"


def test_no_secret_of_a_message_is_kept():
    finding = only(log("x", result("R1", message={"text": f"found {TOKEN} in\nthe file"})))
    assert finding.message == "found *** in the file"


def test_suppressions_are_kept_unless_somebody_refused_them():
    kept = only(log("x", result("R1", suppressions=[{"kind": "inSource", "justification": "why"}])))
    assert [(one.kind, one.justification) for one in kept.suppressions] == [("inline", "why")]
    refused = [{"kind": "inSource"}, {"kind": "external", "status": "underReview"}]
    assert only(log("x", result("R1", suppressions=refused))).active


def test_a_run_that_failed_makes_the_report_incomplete():
    (report,) = loaded(log("KICS", invocations=[{"executionSuccessful": False}]))
    assert [one.message for one in report.notifications] == ["KICS says that its run failed."]
    assert not report.complete


@pytest.mark.parametrize(
    ("tool", "code"),
    [
        ("Hadolint", "DL3002"),
        ("Trivy", "DS-0002"),
        ("Trivy", "AVD-DS-0002"),
        ("Trivy", "DS002"),
        ("checkov", "CKV_DOCKER_8"),
        ("KICS", "67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae"),
    ],
)
@pytest.mark.parametrize("line", [2, 3, 4])
def test_the_same_defect_is_shown_once(tool: str, code: str, line: int):
    assert with_own(log(tool, result(code, line))) == [("SGD101", 3, also(f"{tool} {code}"))]


def test_all_who_say_so_are_named():
    found = with_own(log("Trivy", result("DS-0002", 3)), log("Hadolint", result("DL3002", 3)))
    assert found == [("SGD101", 3, also("Hadolint DL3002, Trivy DS-0002"))]


@pytest.mark.parametrize(
    ("code", "line", "uri"),
    [("DL3002", 5, "worker.Dockerfile"), ("DL3002", 3, "other"), ("DL3003", 3, "worker.Dockerfile")],
)
def test_what_is_elsewhere_or_means_something_else_is_kept(code: str, line: int, uri: str):
    found = with_own(log("Hadolint", result(code, line, uri)))
    assert sorted(found) == sorted([("SGD101", 3, ()), (f"Hadolint:{code}", line, ())])


def test_whole_files_of_trivy_stand_on_the_first_line():
    document = log("Trivy", result("DS-0002", 1))
    assert with_own(document) == [("SGD101", 3, also("Trivy DS-0002"))]


def test_other_tools_say_the_same_once_without_us():
    documents = (log("Trivy", result("DS-0002", 3)), log("Hadolint", result("DL3002", 3), result("DL3002", 8)))
    found = shown(*(report for document in documents for report in loaded(document)))
    assert found == [("Hadolint:DL3002", 3, also("Trivy DS-0002")), ("Hadolint:DL3002", 8, ())]


def test_a_vulnerability_of_the_same_image_is_shown_once():
    run = {"properties": {"imageName": "docker.io/shop/worker:1.2"}}
    document = log("Trivy", result(CVE.id, uri="shop/worker"), result("CVE-2024-1", uri="shop/worker"), **run)
    found = shown(IMAGE._replace(findings=IMAGE.findings[:1]), *loaded(document))
    assert [(rule, facts[-1:]) for rule, _, facts in found] == [
        ("Trivy:CVE-2024-1", ()),
        (CVE.id, also(f"Trivy {CVE.id}")),
    ]


def test_what_is_suppressed_here_is_suppressed_there():
    accepted = OWN._replace(suppressions=FINDINGS[9].suppressions)
    own = CLEAN._replace(findings=(accepted,))
    whole = once(finished(joined([own, *loaded(log("x", result("DL3002", 3)))]), "1"), Equivalents(CATALOGUE.values()))
    assert whole.active == ()


CODES = st.sampled_from(["DL3002", "DS-0002", "CKV_DOCKER_8", "DL3008"])


@st.composite
def logs(draw: st.DrawFn) -> Report:
    results = [
        result(draw(CODES), draw(st.integers(1, 5)), level=draw(st.sampled_from(["error", "note"])))
        for _ in range(draw(st.integers(0, 4)))
    ]
    (report,) = loaded(log(draw(st.sampled_from(["Trivy", "Hadolint", "checkov"])), *results))
    return report


@settings(max_examples=150)
@given(a=logs(), b=logs(), own=st.booleans())
def test_merging_what_was_merged_changes_nothing(a: Report, b: Report, own: bool):
    table = Equivalents(CATALOGUE.values())
    ours = CLEAN._replace(findings=(OWN,) if own else (), files=(), elsewhere=CLEAN.read)

    def merge(*reports: Report) -> Report:
        return once(finished(joined(reports), "0.1.0"), table)

    whole = merge(a, b, ours)
    assert merge(merge(a, b), ours) == whole
    assert merge(a, merge(b, ours)) == whole
    assert merge(whole, a) == whole


def test_the_sample_is_where_these_tests_think():
    assert OWN.uri == WORKER_FILE.source.uri
