"""What a baseline knows: unmoved by edits elsewhere, and one copy too many is new."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.build.evaluate import BuildOptions
from scanguard.checks import builtin_checks
from scanguard.engine.baseline import REASON, Marked, entries_of, mark
from scanguard.engine.confirm import confirmed
from scanguard.engine.run import check_dockerfile
from scanguard.engine.setting import Setting
from scanguard.model.baseline import Entry
from scanguard.model.finding import Finding, Suppression
from scanguard.model.location import Source
from scanguard.model.rule import Severity
from tests.engine.test_refute import refutation

SETTINGS = tuple(
    Setting(check, None, {option.name: option.default for option in check.rule.options})
    for check in builtin_checks()
    if check.rule.enabled and check.subject == "dockerfile"
)
STAGES = (
    ["FROM golang:1.22 AS build", "WORKDIR /src", "COPY . .", "RUN go build -o /app ."],
    ["FROM node:20 AS web", "RUN npm ci", "ENV API_TOKEN=${TOKEN}"],
    ["FROM debian:bookworm AS tools", "RUN apt-get update && apt-get install -y gcc make", "RUN echo ready"],
)
LAST = ["FROM tools", "COPY --from=build /app /app", "RUN apt-get update && apt-get install -y sudo", "USER root"]
KNOWN = Suppression("baseline", REASON)


def found(stages: Sequence[Sequence[str]], uri: str = "Dockerfile") -> tuple[Finding, ...]:
    text = "".join(f"{line}\n" for stage in stages for line in stage)
    return check_dockerfile(Source(uri, text), SETTINGS, BuildOptions()).findings


def everywhere(_: Entry) -> bool:
    return True


def marked(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> Marked:
    return mark(found(new), entries_of(found(old)), everywhere)


def fresh(result: Marked) -> list[str]:
    return [finding.rule.name for finding in result.findings if finding.active]


def test_an_entry_says_what_it_stands_for() -> None:
    (finding,) = [one for one in found([["FROM debian:12", "USER root"]]) if one.rule.name == "root-user"]
    (entry,) = entries_of([finding])
    assert entry == Entry("Dockerfile", "root-user", "", finding.message, entry.fingerprint)
    assert len(entry.fingerprint) == 32


def test_the_same_file_has_nothing_new() -> None:
    result = marked([*STAGES, LAST], [*STAGES, LAST])
    assert len(result.findings) > 5
    assert all(finding.suppressions == (KNOWN,) for finding in result.findings)
    assert (fresh(result), result.stale, result.unseen) == ([], (), ())
    assert result.matched == entries_of(found([*STAGES, LAST]))


NOISE = st.sampled_from(["", "# a comment", "RUN echo hello", "ENV COLOUR=green", "WORKDIR /work", "EXPOSE 8080"])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 14), NOISE), max_size=6), st.permutations(range(3)), st.booleans())
def test_unrelated_edits_change_nothing(edits: list[tuple[int, str]], order: list[int], unnamed: bool) -> None:
    """Lines and comments that are added, and stages in another order, one without a name among them."""
    moved = [list(STAGES[index]) for index in order]
    if unnamed:
        moved.insert(order[0] % 3, ["FROM scratch", "COPY README.md /"])
    stages = [*moved, list(LAST)]
    for place, line in edits:
        stage = stages[place % len(stages)]
        stage.insert(1 + place % len(stage), line)
    result = marked([*STAGES, LAST], stages)
    assert [finding for finding in result.findings if finding.active and finding.instruction != "FROM scratch"] == []
    assert result.stale == ()


@settings(max_examples=40)
@given(st.sets(st.sampled_from(["RUN echo ready", "WORKDIR /src", "# note"])), st.integers(0, 3))
def test_unrelated_deletions_change_nothing(gone: set[str], blank: int) -> None:
    old = [[*STAGES[0], "# note"], *STAGES[1:], LAST]
    new = [[line for line in stage if line not in gone] + [""] * blank for stage in old]
    result = marked(old, new)
    assert (fresh(result), result.stale) == ([], ())


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(1, 3))
def test_each_copy_of_a_known_defect_is_one_new_finding(place: int, copies: int) -> None:
    """Above or below the one that is known."""
    bad = "RUN curl -H 'Authorization: Bearer x' https://example.com && apt-get install -y gcc"
    stage = ["FROM debian:12", "RUN echo one", bad, "RUN echo two", "USER 1000"]
    grown = [*stage[:place], *[bad] * copies, *stage[place:]]
    result = marked([stage], [grown])
    once = [finding.rule.name for finding in found([stage]) if finding.instruction == bad]
    assert once
    assert sorted(fresh(result)) == sorted(once * copies)
    assert result.stale == ()


def test_mending_one_of_two_leaves_one_entry_over() -> None:
    bad = "RUN apt-get update && apt-get install -y gcc"
    result = marked([["FROM debian:12", bad, bad]], [["FROM debian:12", bad]])
    assert fresh(result) == []
    assert [entry.rule for entry in result.stale] == ["build-tools-installed"]


def test_a_comment_in_an_instruction_changes_nothing() -> None:
    old = [["FROM debian:12", "RUN apt-get update && \\", "    apt-get install -y gcc"]]
    new = [["FROM debian:12", "RUN apt-get update && \\", "# the compiler", "", "    apt-get install \\", " -y gcc"]]
    result = marked(old, new)
    assert len(result.findings) > 1
    assert (fresh(result), result.stale) == ([], ())


def test_another_file_and_another_stage_are_others() -> None:
    stage = ["FROM debian:12 AS one", "RUN apt-get update && apt-get install -y gcc"]
    entries = entries_of(found([stage]))
    elsewhere = mark(found([stage], "other/Dockerfile"), entries, everywhere)
    assert all(finding.active for finding in elsewhere.findings)
    renamed = mark(found([["FROM debian:12 AS two", stage[1]]]), entries, everywhere)
    assert "build-tools-installed" in fresh(renamed)


def test_what_was_not_looked_at_is_not_called_stale() -> None:
    entries = entries_of(found([*STAGES, LAST]))
    result = mark((), entries, lambda entry: entry.rule == "root-user")
    assert {entry.rule for entry in result.stale} == {"root-user"}
    assert result.unseen == tuple(entry for entry in entries if entry.rule != "root-user")


def test_what_an_image_refutes_is_not_known_where_another_has_it() -> None:
    (tools,) = (one for one in found(STAGES[2:]) if one.rule.name == "build-tools-installed")
    no = [refutation("build-tools-installed", name, first=2, last=2) for name in ("gcc", "make")]
    refuted = confirmed([tools, *(one._replace(uri=tools.uri) for one in no)])
    assert [one.severity for one in refuted] == [Severity.NOTE]
    assert (entries_of(refuted), len(entries_of([tools]))) == ((), 1)
    # What was known before the image was built still is, and is not told to be gone.
    left = mark(refuted, entries_of([tools]), everywhere)
    assert (left.findings[0].known, left.stale) == (True, ())


def test_an_accepted_finding_takes_no_entry_from_one_that_counts() -> None:
    """The first of two equal findings is accepted by a comment: only the second was known, and it stays known."""
    bad = "RUN apt-get update && apt-get install -y gcc"
    findings = tuple(one for one in found([["FROM debian:12", bad, bad]]) if one.rule.name == "build-tools-installed")
    accepted = Suppression("inline", "for the build")
    before = (findings[0]._replace(suppressions=(accepted,)), findings[1])
    entries = entries_of(before)
    assert len(entries) == 1
    result = mark(before, entries, everywhere)
    assert [finding.suppressions for finding in result.findings] == [(accepted,), (KNOWN,)]
    alone = mark(findings[:1], entries, everywhere)
    assert [finding.suppressions for finding in alone.findings] == [(KNOWN,)]
