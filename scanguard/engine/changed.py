"""Which findings of a Dockerfile have a cause that changed: its lines, what it is built on, what it uses."""

import re
from collections.abc import Iterable, Iterator, Sequence

from scanguard.build.evaluate import BuildOptions, evaluate
from scanguard.build.model import Build
from scanguard.dockerfile.nodes import Instruction
from scanguard.dockerfile.parser import parse
from scanguard.engine.baseline import stage_name
from scanguard.engine.confirm import is_confirmed
from scanguard.engine.refute import is_refuted, said
from scanguard.model.errors import TargetError
from scanguard.model.finding import Finding
from scanguard.model.location import Source
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Severity

Lines = frozenset[int]
_LONG = 4_000_000
"""Beyond this product of lines a comparison line by line takes seconds: everything between the equal ends counts as new."""


class Change(NamedTuple):
    """What is different in one Dockerfile.

    `everything` says that something beside it changed on which all of it depends. `lines` are new or different lines,
    `stages` those whose base stage changed, `users` the lines of instructions with a variable that is set otherwise, and
    `before` the findings that there were.
    """

    everything: bool = False
    lines: Lines = frozenset()
    stages: frozenset[str] = frozenset()
    users: Lines = frozenset()
    before: tuple[Finding, ...] = ()


def caused(findings: Sequence[Finding], change: Change | None) -> tuple[Finding, ...]:
    """The findings of one file whose cause is in the change, in their order; none where nothing changed (None).

    A finding on unchanged lines is caused by the change where there was none like it before: a line that was deleted can
    cause one. Findings of images, of which nothing is known from before, are judged by their lines alone; those of images
    whose Dockerfile is not known have no line and are kept.
    """
    if change is None:
        return tuple(filter(_unblamed, findings))
    if change.everything:
        return tuple(findings)
    left: dict[tuple[object, ...], int] = {}
    for finding in change.before:
        left[_likeness(finding)] = left.get(_likeness(finding), 0) + 1
    kept = []
    for finding in findings:
        like = next((one for one in _likenesses(finding) if left.get(one)), None)
        if _touched(finding, change):
            kept.append(finding)
        elif like is not None:
            left[like] -= 1
        elif not finding.image or _unblamed(finding):
            kept.append(finding)
    return tuple(kept)


def _unblamed(finding: Finding) -> bool:
    """Whether it is of an image whose Dockerfile is not known."""
    return bool(finding.image) and not finding.origin


def changed_lines(old: str, new: str) -> Lines:
    """The lines of the new text, counted from 1, that the old one does not have; white space at their ends is no matter."""
    before, after = _lines(old), _lines(new)
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old_part, new_part = before[start : len(before) - end], after[start : len(after) - end]
    if len(old_part) * len(new_part) > _LONG:
        return frozenset(range(start + 1, start + len(new_part) + 1))
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, old_part, new_part, autojunk=False).get_matching_blocks()
    same = {block.b + offset for block in blocks for offset in range(block.size)}
    return frozenset(start + index + 1 for index in range(len(new_part)) if index not in same)


def evaluated(source: Source) -> Build | None:
    """The build of a file, None where it cannot be evaluated: then its lines are all that is known."""
    try:
        return evaluate(parse(source), BuildOptions())
    except (TargetError, RecursionError):
        return None


def meant(source: Source, build: Build | None, lines: Lines) -> Lines:
    """The lines among these that say something: no comments, no blank ones."""
    comments = () if build is None else build.dockerfile.comments
    silent = {source.line_of(comment.span.start) for comment in comments}
    return frozenset(line for line in lines if line not in silent and source.line(line).strip())


def followed(source: Source, build: Build | None, lines: Lines) -> tuple[frozenset[str], Lines]:
    """What changed lines reach: the stages whose base stage has one, and the lines of instructions with a variable of theirs.

    A variable that is made from one that they set is theirs as well.
    """
    if build is None or not lines:
        return frozenset(), frozenset()
    touched = {
        stage.index
        for stage in build.stages
        if any(_meets(source, instruction, lines) for instruction in stage.node.instructions)
    }
    stages = {stage.name for stage in build.stages if any(below.index in touched for below in stage.lineage[:-1])}
    return frozenset(stages), frozenset(_users(source, build, _variables(source, build, lines)))


def similar(text: str, candidates: Iterable[tuple[str, str]]) -> str | None:
    """The name of the candidate, a (name, text), that a file was most likely renamed from: it shares half of the lines."""
    lines = _lines(text)
    best, most = None, 0
    for name, other in candidates:
        others = _lines(other)
        shared = len(set(lines) & set(others))
        if shared > most and 2 * shared >= max(len(set(lines)), len(set(others))):
            best, most = name, shared
    return best


def _touched(finding: Finding, change: Change) -> bool:
    """Whether the instruction, its way or a related place changed, or what it stands on or uses."""
    first, last = finding.lines
    regions = [finding.region, *(place.region for place in (*finding.trace, *finding.related))]
    spans = [(first, last), *((region.start_line, region.end_line) for region in regions)]
    if any(line in change.lines for start, end in spans for line in range(max(start, 1), end + 1)):
        return True
    return finding.stage in change.stages or finding.region.start_line in change.users


def _uses(text: str, name: str) -> bool:
    return re.search(rf"\$\{{?{re.escape(name)}\b", text) is not None


def _likenesses(finding: Finding) -> Iterator[tuple[object, ...]]:
    """What one like this finding may have looked like before, without images: they may make it graver or a note."""
    yield _likeness(finding)
    if is_confirmed(finding):
        milder = (grade for grade in reversed(Severity) if grade < finding.severity)
        yield from (_likeness(finding._replace(severity=grade)) for grade in milder)
    elif is_refuted(finding):
        yield from (_likeness(finding._replace(severity=grade)) for grade in Severity if grade > finding.severity)


def _likeness(finding: Finding) -> tuple[object, ...]:
    """What is the same of a finding and of one before it: also that nothing or the same thing suppresses it."""
    return (
        finding.rule.id,
        stage_name(finding),
        finding.instruction,
        finding.key,
        said(finding),
        finding.severity,
        finding.image,
        tuple(suppression for suppression in finding.suppressions if suppression.kind != "baseline"),
    )


def _variables(source: Source, build: Build, lines: Lines) -> set[str]:
    """The names of ARG and ENV on changed lines, and of those that are made from them."""
    found: set[str] = set()
    while True:
        more = {
            pair.name.text
            for instruction in _instructions(build)
            if instruction.keyword in ("ARG", "ENV")
            for pair in instruction.pairs
            if _meets(source, instruction, lines)
            or (pair.value and any(_uses(pair.value.text, name) for name in found))
        }
        if more <= found:
            return found
        found |= more


def _users(source: Source, build: Build, names: set[str]) -> Iterator[int]:
    """The lines of the instructions that use one of these variables."""
    for instruction in _instructions(build) if names else ():
        text = source[instruction.span]
        if any(_uses(text, name) for name in names):
            region = source.region(instruction.span)
            yield from range(region.start_line, region.end_line + 1)


def _instructions(build: Build) -> Iterator[Instruction]:
    yield from build.dockerfile.preamble
    for stage in build.dockerfile.stages:
        yield from stage.instructions


def _meets(source: Source, instruction: Instruction, lines: Lines) -> bool:
    region = source.region(instruction.span)
    return any(line in lines for line in range(region.start_line, region.end_line + 1))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]
