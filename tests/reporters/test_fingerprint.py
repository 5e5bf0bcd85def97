"""Fingerprints: ours, and GitHub's against a slow translation of its own definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.model.fingerprint import fingerprint, line_hash, line_hashes
from scanguard.model.location import Source
from tests.reporters.samples import API_FILE, FINDINGS, ROOT

CHARACTERS = st.sampled_from("ab \t\r\n#\U0001f40d日é")


def slow_hashes(text: str) -> list[str]:
    """For each line, the sum of the next hundred code units, each times a power of 37."""
    kept: list[int] = []
    starts: list[int] = []
    at_start, after_return = True, False
    data = text.encode("utf-16-be", "surrogatepass")
    for unit in [int.from_bytes(data[index : index + 2], "big") for index in range(0, len(data), 2)] + [65535]:
        if unit in (32, 9) or (after_return and unit == 10):
            after_return = False
            continue
        after_return = unit == 13
        if at_start:
            starts.append(len(kept))
        unit = 10 if unit == 13 else unit
        at_start = unit == 10
        kept.append(unit)
    kept += [0] * 100
    seen: dict[str, int] = {}
    hashes = []
    for start in starts:
        value = f"{sum(kept[start + i] * 37 ** (99 - i) for i in range(100)) % 2**64:x}"
        seen[value] = seen.get(value, 0) + 1
        hashes.append(f"{value}:{seen[value]}")
    return hashes


@given(text=st.lists(CHARACTERS | st.just("RUN apt-get install -y gcc\n"), max_size=60).map("".join))
def test_line_hashes_are_githubs(text: str):
    assert line_hashes(Source("x", text)) == slow_hashes(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        ("\n", None),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
        (
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
            [
                "8b7cf3e952e7aeb2:1",
                "b1ae1287ec4718d9:1",
                "bff680108adb0fcc:1",
                "c6805c5e1288b612:1",
                "b86d3392aea1be30:1",
                "e6ceba753e1a442:1",
            ],
        ),
    ],
)
def test_line_hashes_of_codeql_actions_own_tests(text: str, expected: list[str] | None):
    assert line_hashes(Source("x", text)) == (expected or slow_hashes(text))


def test_lines_are_looked_up_by_number():
    source = Source("x", "FROM a\nUSER b")
    assert [line_hash(source, line) for line in (1, 2)] == line_hashes(source)
    assert line_hash(source, 0) == line_hash(source, 3) == ""


def test_line_hashes_survive_lines_above_and_another_indentation():
    after = line_hashes(Source("x", "# one\n# two\n" + API_FILE.source.text.replace("    ", "\t")))
    assert after[2:] == line_hashes(API_FILE.source)


def test_fingerprints_do_not_know_lines():
    finding = FINDINGS[9]
    moved = finding._replace(
        region=finding.region._replace(start_line=90, end_line=90),
        span=finding.span._replace(start=900, end=904),
        message="Other words.",
    )
    assert fingerprint(moved) == fingerprint(finding)
    assert fingerprint(finding) == "c01a868aec2d2138cf7f52731000a058"


@pytest.mark.parametrize(
    "change",
    [
        {"rule": ROOT._replace(id="SGD102")},
        {"uri": "other"},
        {"stage": "other"},
        {"instruction": "USER 0"},
        {"key": "k"},
        {"ordinal": 1},
    ],
)
def test_fingerprints_know_the_rest(change: dict[str, object]):
    assert fingerprint(FINDINGS[9]._replace(**change)) != fingerprint(FINDINGS[9])


def test_parts_of_a_fingerprint_do_not_run_into_each_other():
    one = FINDINGS[9]._replace(stage="a", instruction="bc")
    assert fingerprint(one) != fingerprint(one._replace(stage="ab", instruction="c"))
