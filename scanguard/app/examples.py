"""A policy against examples that say what it should find."""

import re
from collections.abc import Iterator, Sequence

from scanguard.app.check import check_request
from scanguard.app.request import Request
from scanguard.app.session import Session
from scanguard.dockerfile.nodes import Dockerfile, Instruction
from scanguard.dockerfile.parser import parse
from scanguard.model.catalogue import rule_named, unknown_rule
from scanguard.model.errors import ConfigurationError
from scanguard.model.finding import Finding
from scanguard.model.location import Region, Source, Span
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, Report
from scanguard.model.rule import Rule, Severity

_EXPECT = re.compile(r"expect:\s*(.*)")


class Difference(NamedTuple):
    """Where a policy says something else than an example. `region` is the place, None for a whole file."""

    uri: str
    region: Region | None
    message: str


class Tried(NamedTuple):
    """What examples showed: how many there were, where they differ, and what kept some from giving an answer."""

    examples: int
    differences: tuple[Difference, ...]
    errors: tuple[Notification, ...]


def try_examples(session: Session, policy: str, paths: Sequence[str]) -> Tried:
    """Check the examples with the policy alone and compare.

    An example is a Dockerfile with comments `# expect: RULE` above instructions, or one whose name, or a folder of whose
    path, begins with `good` or `bad`. What counts are active findings at or above `fail_on`, and those that are expected. Raises
    ConfigurationError for a policy that is wrong, an unknown rule, and an example that says nothing.
    """
    report = check_request(session, Request(tuple(paths), policy=policy, overlay=False))
    rules = report.rules
    catalogue = (*session.rules, *(rule for rule in rules if rule not in session.rules))
    differences: list[Difference] = []
    for file in report.files:
        differences.extend(_compared(file.source, report, catalogue))
    errors = tuple(one for one in report.notifications if one.level == "error")
    return Tried(len(report.files), tuple(differences), errors)


class _Expectation(NamedTuple):
    """A rule that a comment names, the comment's place, and the instruction that it speaks of."""

    rule: Rule
    span: Span
    covers: Span


def _compared(source: Source, report: Report, rules: Sequence[Rule]) -> Iterator[Difference]:
    dockerfile = parse(source)
    found = [finding for finding in report.active if finding.uri == source.uri]
    limit = report.fail_on or Severity.NOTE
    grave = [finding for finding in found if finding.severity >= limit]
    wanted = list(_expectations(dockerfile, rules))
    kind = _kind(source.uri)
    if wanted:
        yield from _unmet(wanted, found, source)
        yield from _unexpected(wanted, grave)
    elif kind == "good":
        yield from _unexpected((), grave)
    elif kind == "bad":
        if not grave:
            yield Difference(source.uri, None, f"nothing was found at or above {limit.label}, and the example is bad")
    else:
        message = (
            "is marked neither good nor bad: write `# expect: RULE` above an instruction, or name it good-… or bad-…"
        )
        raise ConfigurationError(message, source.uri)


def _kind(uri: str) -> str:
    """`good`, `bad` or nothing, by the file's name and then by its folders, the nearest first."""
    for part in reversed(uri.split("/")):
        for kind in ("good", "bad"):
            if part == kind or part.startswith((f"{kind}-", f"{kind}_", f"{kind}.")):
                return kind
    return ""


def _expectations(dockerfile: Dockerfile, rules: Sequence[Rule]) -> Iterator[_Expectation]:
    """The expectations of a file. Raises ConfigurationError for one that names no rule or speaks of no instruction."""
    source = dockerfile.source
    for comment in dockerfile.comments:
        match = _EXPECT.match(comment.text)
        if match is None:
            continue
        covers = _below(dockerfile, comment.span)
        if covers is None:
            raise ConfigurationError(
                "the expectation stands above no instruction", source.uri, source.region(comment.span)
            )
        for word in filter(None, (word.strip() for word in match[1].split(","))):
            rule = rule_named(word, rules)
            if rule is None:
                raise ConfigurationError(unknown_rule(word, rules), source.uri, source.region(comment.span))
            yield _Expectation(rule, comment.span, covers)


def _below(dockerfile: Dockerfile, span: Span) -> Span | None:
    """The instruction that a comment stands in, or the first one below it."""
    stages = (one for stage in dockerfile.stages for one in stage.instructions)
    every: list[Instruction] = sorted((*dockerfile.preamble, *stages), key=lambda one: one.span)
    return next((one.span for one in every if one.span.end > span.start), None)


def _unmet(wanted: Sequence[_Expectation], found: Sequence[Finding], source: Source) -> Iterator[Difference]:
    for one in wanted:
        if not any(_meets(finding, one) for finding in found):
            yield Difference(source.uri, source.region(one.span), f"{one.rule.name} was expected and not found")


def _unexpected(wanted: Sequence[_Expectation], grave: Sequence[Finding]) -> Iterator[Difference]:
    for finding in grave:
        if not any(_meets(finding, one) for one in wanted):
            yield Difference(finding.uri, finding.region, f"{finding.rule.name} was not expected: {finding.message}")


def _meets(finding: Finding, one: _Expectation) -> bool:
    return finding.rule.id == one.rule.id and one.covers.start <= finding.span.start <= one.covers.end
