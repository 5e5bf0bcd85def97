"""Joining reports: the order, the grouping and repetitions make no difference."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.imports.join import EMPTY, finished, joined, missing
from scanguard.model.errors import ConfigurationError
from scanguard.model.report import Notification, Report, Shards
from scanguard.model.rule import Severity
from tests.reporters.samples import FAILING, FINDINGS, IMAGE, INCOMPLETE
from tests.reporters.strategies import reports

PARTS = st.sets(st.integers(1, 4), min_size=1).map(lambda parts: Shards(4, tuple(sorted(parts))))
ANY = st.builds(
    lambda report, shards, finding: joined([report._replace(shards=shards, findings=(*report.findings, finding))]),
    reports(),
    st.none() | PARTS,
    st.sampled_from(FINDINGS),
)


@settings(max_examples=60)
@given(a=ANY, b=ANY, c=ANY)
def test_joining_is_associative_commutative_and_idempotent(a: Report, b: Report, c: Report):
    whole = joined([a, b, c])
    assert joined([joined([a, b]), c]) == whole
    assert joined([a, joined([b, c])]) == whole
    assert joined([c, a, b]) == whole
    assert joined([whole, a]) == whole
    assert joined([a]) == a
    assert joined([a, EMPTY]) == a


def test_a_finding_counts_where_one_report_counts_it():
    suppressed = FINDINGS[9]
    active = suppressed._replace(suppressions=(), severity=Severity.LOW)
    one, other = (FAILING._replace(findings=(finding,)) for finding in (suppressed, active))
    (finding,) = joined([one, other]).findings
    assert (finding.severity, finding.suppressions) == (Severity.HIGH, ())


def test_the_strictest_gate_and_the_latest_version_win():
    report = joined([FAILING, IMAGE._replace(version="0.10.0"), INCOMPLETE])
    assert (report.fail_on, report.version, report.policy) == (Severity.MEDIUM, "0.10.0", "default + strict")


def test_missing_parts_make_a_run_incomplete_until_they_come():
    first, second = (FAILING._replace(shards=Shards(3, parts)) for parts in ((1,), (2, 3)))
    alone = finished(joined([first]), "1")
    assert alone.notifications == missing(Shards(3, (1,)))
    assert [one.message for one in alone.notifications] == [
        f"Part {part} of 3 of the run is missing: its files were not looked at." for part in (2, 3)
    ]
    whole = finished(joined([first, second]), "1")
    assert (whole.shards, whole.notifications) == (None, ())


def test_what_one_part_settles_is_not_told():
    told = Notification("note", "The exception for root-user covers no finding.", "scanguard.yaml")
    kept = told._replace(message="The exception for floating-tag covers no finding.")
    first = FAILING._replace(shards=Shards(2, (1,)), notifications=(told, kept))
    second = FAILING._replace(shards=Shards(2, (2,), (told,)), notifications=(kept,))
    assert finished(joined([second, first]), "1").notifications == (kept,)


def test_parts_of_different_runs_are_refused():
    with pytest.raises(ConfigurationError, match="parts of runs in 2 and of 3 cannot be joined"):
        joined([FAILING._replace(shards=Shards(3, (1,))), FAILING._replace(shards=Shards(2, (1,)))])


def test_without_a_report_of_ours_the_default_gate_holds():
    report = finished(joined([EMPTY]), "1.2.3")
    assert (report.version, report.policy, report.fail_on) == ("1.2.3", "default", Severity.MEDIUM)
