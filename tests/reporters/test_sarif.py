"""Whatever is found, the SARIF is valid, complete and safe to upload."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given

from scanguard.model.location import Region
from scanguard.model.report import Report, ScannedFile
from scanguard.model.rule import Severity
from scanguard.reporters import sarif
from scanguard.reporters.levels import SARIF_LEVEL, SECURITY_SEVERITY
from scanguard.reporters.options import RenderOptions
from scanguard.reporters.sarif.places import Places
from scanguard.reporters.sarif.results import escape_brackets
from tests.reporters.samples import API_FILE, FAILING, FINDINGS, INCOMPLETE, ROOT, SECRETS, TAG
from tests.reporters.strategies import reports

SCHEMA = (
    Path(__file__).parents[2].parent / "shared" / "schemas" / "oasis-errata01-sarif-schema-2.1.0.json"
)  # a checkout has it beside it; elsewhere these tests are skipped


@pytest.fixture(scope="module")
def validator() -> Any:
    if not SCHEMA.exists():
        pytest.skip(f"the OASIS schema is not at {SCHEMA}")
    import jsonschema_rs

    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()), validate_formats=True)


def run_of(report: Report, limit: int = sarif.RESULT_LIMIT, **options: Any) -> dict[str, Any]:
    return json.loads(sarif.render(report, RenderOptions(**options), limit))["runs"][0]


def walk(value: Any) -> Any:
    """Every object of a document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from walk(item)


@given(report=reports())
def test_any_report_is_valid_sarif(validator: Any, report: Report):
    for include_suppressed in (False, True):
        document = json.loads(sarif.render(report, RenderOptions(include_suppressed=include_suppressed)))
        assert [error.message for error in validator.iter_errors(document)] == []


@given(report=reports())
def test_every_reference_resolves(report: Report):
    run = run_of(report, include_suppressed=True)
    driver = run["tool"]["driver"]
    taxonomies = run.get("taxonomies", [])
    for rule in driver["rules"]:
        for relationship in rule.get("relationships", []):
            target = relationship["target"]
            component = taxonomies[target["toolComponent"]["index"]]
            assert component["name"] == target["toolComponent"]["name"]
            assert component["taxa"][target["index"]]["id"] == target["id"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["id"] in driver["rules"][result["ruleIndex"]]["messageStrings"]
        ids = [location["id"] for location in result.get("relatedLocations", [])]
        assert ids == list(range(1, len(ids) + 1))
        links = re.findall(r"(?<!\\)\]\((\d+)\)", re.sub(r"\\\\", "", result["message"]["text"]))
        assert {int(link) for link in links} <= set(ids)
    for location in walk(run):
        if "uriBaseId" in location:
            assert location["uriBaseId"] in run["originalUriBaseIds"]
            if "index" in location:
                assert run["artifacts"][location["index"]]["location"]["uri"] == location["uri"]
    for notification in walk(run["invocations"]):
        if "descriptor" in notification:
            descriptor = notification["descriptor"]
            assert driver["notifications"][descriptor["index"]]["id"] == descriptor["id"]


@given(report=reports())
def test_snippets_are_the_text_of_their_region_with_secrets_masked(report: Report):
    files = {file.source.uri: file for file in report.files}
    for physical in walk(run_of(report, include_suppressed=True)["results"]):
        if "artifactLocation" not in physical:
            continue
        file = files[unquote(physical["artifactLocation"]["uri"])]
        region = physical["region"]
        where = Region(region["startLine"], region["startColumn"], region["endLine"], region["endColumn"])
        if "snippet" in region:
            assert region["snippet"]["text"] == redacted(file, *offsets(file, where))
        if context := physical.get("contextRegion"):
            assert context["startLine"] <= where.start_line
            assert context["endLine"] >= where.end_line
            starts = file.source.line_starts
            begin = starts[context["startLine"] - 1]
            assert begin + len(file.source.line(context["endLine"])) <= len(file.source.text)
            if not file.secrets:
                assert region.get("snippet", {"text": ""})["text"] in context["snippet"]["text"]


def offsets(file: ScannedFile, region: Region) -> tuple[int, int]:
    starts = file.source.line_starts
    return (
        starts[region.start_line - 1] + region.start_column - 1,
        starts[region.end_line - 1] + region.end_column - 1,
    )


def redacted(file: ScannedFile, start: int, end: int) -> str:
    """Slow and plain: walk the characters, put one mask on every run of secret ones, line by line."""
    masked: list[str] = []
    inside = False
    for offset in range(start, end):
        character = file.source.text[offset]
        secret = any(span.start <= offset < span.end for span in file.secrets)
        if not secret or (character == "\n"):
            masked.append("\ufffd" if "\ud800" <= character <= "\udfff" else character)
        elif not inside:
            masked.append("***")
        inside = secret and character != "\n"
    return "".join(masked)


@given(report=reports())
def test_limits_of_github_and_gitlab_hold(report: Report):
    run = run_of(report, include_suppressed=True)
    for rule in run["tool"]["driver"]["rules"]:
        properties = rule["properties"]
        assert len(properties["tags"]) == len(set(properties["tags"])) <= 10
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert isinstance(properties.get("security-severity", ""), str)
    for result in run["results"]:
        assert result["level"] in ("note", "warning", "error")
        assert len(result["message"]["text"]) <= 2048
    for location in walk(run):
        if "uri" in location:
            parts = urlsplit(location["uri"])
            assert (parts.scheme, parts.netloc, location["uri"].isascii()) == ("", "", True)
            assert not location["uri"].startswith(("/", "./"))


def test_results_come_worst_first_and_suppressed_ones_stay_out():
    run = run_of(FAILING)
    severities = [result["properties"]["severity"] for result in run["results"]]
    assert severities == ["critical"] * 3 + ["high"] + ["medium"] * 2 + ["low"] + ["note"] * 3
    assert not any("suppressions" in result for result in run["results"])


def test_suppressed_results_are_marked_when_they_are_wanted():
    suppressed = [result for result in run_of(FAILING, include_suppressed=True)["results"] if "suppressions" in result]
    assert [result["suppressions"] for result in suppressed] == [
        [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": "The init drops privileges.",
                "properties": {"source": "inline", "expires": "2027-03-31"},
            }
        ]
    ]


def test_what_is_cut_off_is_said():
    run = run_of(FAILING, limit=4)
    assert [result["properties"]["severity"] for result in run["results"]] == ["critical"] * 3 + ["high"]
    assert run["invocations"][0]["toolExecutionNotifications"] == [
        {
            "message": {"text": "6 of 10 results were left out, the least severe ones."},
            "descriptor": {"id": "SGN003", "index": 2},
            "level": "warning",
        }
    ]


def test_long_messages_are_cut_and_keep_their_links_whole():
    finding = FINDINGS[2]._replace(message="[" * 3000)
    cut = run_of(FAILING._replace(findings=(finding,)))["results"][0]["message"]["text"]
    assert (len(cut), cut[-1]) == (2048, "…")
    finding = FINDINGS[2]._replace(related=FINDINGS[2].related * 200)
    linked = run_of(FAILING._replace(findings=(finding,)))["results"][0]["message"]["text"]
    assert len(linked) <= 2048
    assert linked.endswith(").")


def test_a_severity_that_is_not_the_rules_own_is_ranked():
    ranks = {result["message"]["text"]: result.get("rank") for result in run_of(FAILING)["results"]}
    assert ranks["Base image 'python' has no tag."] == SECURITY_SEVERITY[Severity.HIGH] * 10 == 80
    assert ranks["Base image 'ubuntu:22.04' has no digest."] is None
    assert ranks["Package lists ship."] == 0


def test_the_level_is_written_even_where_it_is_the_default_of_the_schema():
    changed = FINDINGS[9]._replace(severity=Severity.MEDIUM, suppressions=())
    assert (
        run_of(FAILING._replace(findings=(changed,)))["results"][0]["level"]
        == SARIF_LEVEL[Severity.MEDIUM]
        == "warning"
    )


def test_a_rule_is_described_the_same_whatever_was_found():
    found = {rule["id"]: rule for rule in run_of(FAILING)["tool"]["driver"]["rules"]}
    nothing = {rule["id"]: rule for rule in run_of(FAILING._replace(findings=()))["tool"]["driver"]["rules"]}
    assert found == nothing
    properties = found[ROOT.id]["properties"]
    assert properties == {
        "precision": "high",
        "problem.severity": "error",
        "security-severity": "8.0",
        "tags": ["security", "user", "cwe-250", "external/cwe/cwe-250", "cis-docker-4.1", "nist-800-190-4.1.2"],
    }
    assert len(found[TAG.id]["properties"]["tags"]) == 10


def test_the_category_can_be_given_and_left_to_others():
    assert run_of(FAILING)["automationDetails"] == {"id": "scanguard/dockerfile/"}
    assert run_of(FAILING, category="mine")["automationDetails"] == {"id": "mine/"}
    assert "automationDetails" not in run_of(FAILING, category="")


def test_the_invocation_tells_how_the_run_ended():
    invocation = run_of(INCOMPLETE)["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 0)
    assert len(invocation["toolExecutionNotifications"]) == 1
    assert len(invocation["toolConfigurationNotifications"]) == 2


@pytest.mark.parametrize(
    ("text", "escaped"),
    [("plain \\n", "plain \\n"), ("[a]", "\\[a\\]"), ("\\[", "\\\\\\["), ('CMD ["x"]', 'CMD \\["x"\\]')],
)
def test_brackets_are_not_links(text: str, escaped: str):
    assert escape_brackets(text) == escaped


def test_no_secret_and_no_absolute_path_is_anywhere():
    rendered = sarif.render(FAILING, RenderOptions(include_suppressed=True))
    assert [secret for secret in SECRETS if secret in rendered] == []
    assert str(Path.cwd()) not in rendered


def test_locations_outside_the_text_have_no_snippet():
    places = Places(FAILING)
    location = places.location(API_FILE.source.uri, Region(900, 1, 900, 2), context=True)
    assert location.physical_location.region.snippet is None
    assert location.physical_location.context_region is None
    assert places.line_hash("another", Region(1, 1, 1, 2)) is None
    assert places.line_hash(API_FILE.source.uri, Region(900, 1, 900, 2)) is None


def test_sarif_om_is_loaded_only_to_render():
    code = "import sys, scanguard.reporters.sarif; print(sorted({'attr', 'sarif_om', 'json'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
