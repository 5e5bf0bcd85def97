"""Which findings a baseline knows, which of its entries still stand for something, and what a new one would hold.

A finding is known by its rule, file, stage, instruction and key, never by a line. Of equal ones the baseline knows a
number: a copy of a known defect is one finding too many, wherever it stands.
"""

from collections.abc import Callable, Iterable, Sequence

from scanguard.engine.confirm import is_settled
from scanguard.model.baseline import Entry
from scanguard.model.finding import Finding, Suppression
from scanguard.model.fingerprint import fingerprint
from scanguard.model.record import NamedTuple

REASON = "Known when the baseline was written."
LookedAt = Callable[[Entry], bool]
"""Whether a run would have found again what an entry stands for, were it still there."""


class Marked(NamedTuple):
    """The findings in the order given, known ones marked; the entries that are left over, by whether the run looked there."""

    findings: tuple[Finding, ...]
    matched: tuple[Entry, ...]
    stale: tuple[Entry, ...]
    unseen: tuple[Entry, ...]


def mark(findings: Sequence[Finding], entries: Iterable[Entry], looked_at: LookedAt) -> Marked:
    """Mark the findings that the baseline knows.

    Findings that count go first: one that a comment or the policy accepts uses up an entry only where one is left.
    """
    known: dict[str, list[Entry]] = {}
    for entry in entries:
        known.setdefault(entry.fingerprint, []).append(entry)
    suppression = Suppression("baseline", REASON)
    marked = list(findings)
    matched = []
    for index, identity in identities(findings):
        if known.get(identity):
            matched.append(known[identity].pop())
            finding = marked[index]
            marked[index] = finding._replace(suppressions=(*finding.suppressions, suppression))
    left = sorted(entry for same in known.values() for entry in same)
    stale = tuple(entry for entry in left if looked_at(entry))
    unseen = tuple(entry for entry in left if not looked_at(entry))
    return Marked(tuple(marked), tuple(sorted(matched)), stale, unseen)


def entries_of(findings: Sequence[Finding]) -> tuple[Entry, ...]:
    """An entry for each finding that counts, sorted; none for what an image refutes, lest it be known where one has it."""
    return tuple(
        sorted(
            _entry(finding, identity)
            for finding, identity in ((findings[index], identity) for index, identity in identities(findings))
            if finding.active and not is_settled(finding)
        )
    )


def identities(findings: Sequence[Finding]) -> list[tuple[int, str]]:
    """The index and the identity of each finding, those that count first.

    Equal ones are numbered in this order. A stage without a name is told from others by nothing: its number changes
    with every stage that is added above it.
    """
    counts: dict[tuple[str, ...], int] = {}
    found = []
    for index in sorted(range(len(findings)), key=lambda at: not findings[at].active):
        finding = findings[index]
        same = (finding.rule.id, finding.uri, stage_name(finding), finding.instruction, finding.key)
        number = counts.get(same, 0)
        counts[same] = number + 1
        plain = finding._replace(stage=stage_name(finding), ordinal=number, identity="")
        found.append((index, fingerprint(plain)))
    return found


def stage_name(finding: Finding) -> str:
    """The name of a finding's stage, empty where the stage has only a number (names begin with a letter)."""
    return "" if finding.stage.isdecimal() else finding.stage


def _entry(finding: Finding, identity: str) -> Entry:
    return Entry(finding.uri, finding.rule.name, stage_name(finding), finding.message, identity, finding.image)
