"""Files that are no reports, or lie."""

import copy
import json
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.app.formats import FORMATS
from scanguard.model.errors import TargetError
from scanguard.reporters import json as json_format
from scanguard.reporters import sarif
from tests.imports.documents import loaded, log, result
from tests.reporters.samples import FAILING

OURS = json.loads(json_format.render(FAILING))
SARIF = json.loads(sarif.render(FAILING))
OTHER = log("hadolint", result("DL3002", 3), rules=({"id": "DL3002", "properties": {"security-severity": "5"}},))
JUNK = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        7,
        2**70,
        1.5,
        "",
        "x",
        "\ud800",
        "\n::set-output name=x::y",
        "a + b",
        [],
        [[]],
        {},
        {"a": 1},
        [None],
        ["x"],
    ]
)


def refusal(document: object) -> str:
    with pytest.raises(TargetError) as caught:
        loaded(document)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "other.sarif: is empty; write the report anew"),
        (b" \n", "other.sarif: is empty; write the report anew"),
        (
            b'{"runs": [\n  {"tool"',
            "other.sarif:2:10: is not JSON: expecting ':' delimiter; make sure that the file is complete",
        ),
        (b"\xff\xfe", "other.sarif: is not UTF-8 at byte 0; write the report anew"),
        (b"[" * 100_000, "other.sarif: is nested too deeply for a report"),
        (b'{"a":' * 100_000, "other.sarif: is nested too deeply for a report"),
        (b"NaN", "other.sarif: holds a number that no report has"),
        (b"1" * 10_000, "other.sarif: holds a number that no report has"),
        (b"[]", "other.sarif: is neither a JSON report of ScanGuard nor SARIF"),
        (b"{}", "other.sarif: is neither a JSON report of ScanGuard nor SARIF"),
        (b'{"runs":[]}', "other.sarif: is SARIF ''; this program reads 2.1.0"),
        (b'{"schema_version":"2.0"}', "other.sarif: has report version '2.0'; this program reads version 1"),
        (b'{"runs":[],"version":"2.1.0"}', "other.sarif: has no run: the tool says nothing"),
        (
            b'{"runs":{},"version":"2.1.0"}',
            "other.sarif: 'runs' is an object, not a list; nothing of the file was taken",
        ),
    ],
)
def test_what_is_no_report(data: bytes, message: str):
    assert refusal(data) == message


def test_a_wrong_type_is_told_with_its_place():
    document = copy.deepcopy(OTHER)
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = "3"
    place = "runs[0].results[0].locations[0].physicalLocation.region.startLine"
    assert refusal(document) == (
        f"other.sarif: '{place}' is a text, not a whole number that is not negative; nothing of the file was taken"
    )


def test_a_word_that_is_none_of_ours_is_told_with_its_place():
    document = copy.deepcopy(OURS)
    document["findings"][2]["severity"] = "grave"
    assert refusal(document) == (
        "other.sarif: 'findings[2].severity' is none of note, low, medium, high, critical; nothing of the file was taken"
    )


def test_too_many_runs_are_refused():
    document = log("x")
    document["runs"] *= 21
    assert refusal(document) == "other.sarif: has 21 runs; at most 20 are read"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


PLACES = {name: places(document)[1:] for name, document in (("ours", OURS), ("sarif", SARIF), ("other", OTHER))}
DOCUMENTS = {"ours": OURS, "sarif": SARIF, "other": OTHER}


@settings(max_examples=300)
@given(name=st.sampled_from(sorted(DOCUMENTS)), at=st.integers(0, 10**6), junk=JUNK)
def test_junk_anywhere_is_refused_or_taken_and_never_another_error(name: str, at: int, junk: object):
    document = copy.deepcopy(DOCUMENTS[name])
    path = PLACES[name][at % len(PLACES[name])]
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = junk
    try:
        (report,) = loaded(document)
    except TargetError as error:
        assert error.uri == "other.sarif"
    else:
        for module in FORMATS.values():
            rendered = import_module(module).render(report)
            rendered.encode()
            assert [line for line in rendered.split("\n") if line.startswith("::set")] == []
