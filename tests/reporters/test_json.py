"""The JSON report keeps to its schema, and so do its bytes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from scanguard.model.report import Report
from scanguard.reporters.json import SCHEMA_ID, SCHEMA_VERSION, document, render
from scanguard.reporters.uris import encode
from tests.reporters.samples import FAILING, REPORTS
from tests.reporters.strategies import reports

SCHEMA = json.loads((Path(__file__).parents[2] / "scanguard" / "reporters" / "report.schema.json").read_text())
FORMAT = Path(__file__).parents[2] / "docs" / "report-format.md"


@pytest.fixture(scope="module")
def validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(SCHEMA, validate_formats=True)


def test_the_schema_is_a_schema_and_knows_its_address():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == SCHEMA_ID
    assert document(FAILING)["schema_version"] == SCHEMA_VERSION


@given(report=reports())
def test_any_report_keeps_to_the_schema(validator: Any, report: Report):
    rendered = render(report)
    rendered.encode()
    assert [error.message for error in validator.iter_errors(json.loads(rendered))] == []


@pytest.mark.parametrize("name", REPORTS)
def test_layout_changes_nothing(name: str):
    assert json.loads(render(REPORTS[name])) == document(REPORTS[name])


def test_one_finding_a_line():
    lines = render(FAILING).split("\n")
    assert sum('"fingerprint":' in line for line in lines) == len(FAILING.findings)


def test_a_finding_has_these_fields_in_this_order():
    finding = json.loads(render(FAILING))["findings"][0]
    assert " ".join(finding) == (
        "id name category severity confidence message uri start_line start_column end_line end_column stage related"
        " trace key ordinal instruction_start_line instruction_end_line image origin facts fingerprint suppressions"
    )


def test_every_field_is_documented():
    text = FORMAT.read_text()
    names = set(SCHEMA["properties"]).union(*(entry["properties"] for entry in SCHEMA["$defs"].values()))
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("Dockerfile", "Dockerfile"),
        ("app/a b.Dockerfile", "app/a%20b.Dockerfile"),
        ("c:/x", "c%3A/x"),
        ("é/100%", "%C3%A9/100%25"),
        ("/tmp/x y", "file:///tmp/x%20y"),
        ("-", "-"),
    ],
)
def test_paths_are_percent_encoded(path: str, uri: str):
    assert encode(path) == uri
