"""Marks findings that somebody accepted, and says which of these acceptances are expired, malformed or without use."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from scanguard.dockerfile.nodes import SyntaxProblem, Word
from scanguard.dockerfile.pragma import Pragma, Scope
from scanguard.engine.rules import EXPIRED, MALFORMED, UNUSED
from scanguard.model.advisory import VULNERABLE, is_advisory
from scanguard.model.catalogue import rule_named, unknown_rule
from scanguard.model.finding import Finding, Problem, Suppression
from scanguard.model.location import Region
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification
from scanguard.model.rule import Rule


class Ending(Protocol):
    """An acceptance that a policy states, of whatever."""

    @property
    def expires(self) -> str:
        """The last day on which it holds, as an ISO date."""

    @property
    def uri(self) -> str:
        """The file that states it."""

    @property
    def region(self) -> Region | None:
        """Where in that file."""


class Exemption(Ending, Protocol):
    """An acceptance of findings of a rule; `scanguard.policy.model.PolicyException` is one."""

    @property
    def rule(self) -> str:
        """The rule's name."""

    @property
    def reason(self) -> str:
        """Why it is accepted."""

    @property
    def owner(self) -> str:
        """Who answers for it; may be empty."""

    def covers(self, finding: Finding) -> bool:
        """Whether it speaks of this finding."""

    def covers_path(self, uri: str) -> bool:
        """Whether it speaks of this file."""


class Inline(NamedTuple):
    """Findings of one file in the order given, marked; and what is wrong with its suppressions, for the stamp."""

    findings: tuple[Finding, ...]
    problems: tuple[tuple[Rule, Problem], ...]


def suppress_inline(
    findings: Sequence[Finding],
    pragmas: Iterable[Pragma],
    *,
    rules: Sequence[Rule],
    ran: Collection[str],
    today: str,
    require_reason: bool = False,
    aliases: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Inline:
    """Mark the findings of one file by its comments; not called under `--no-inline`.

    `rules` is the whole catalogue, `ran` the names of the rules that ran on this file, `today` an ISO date, `aliases` the
    other ids of vulnerabilities by the one that is their finding's rule. A finding is marked by one comment at most, and
    one above its instruction goes before `ignore-file`.
    """
    marking = _Marking(findings, aliases)
    problems: list[tuple[Rule, Problem]] = []
    ordered = sorted(pragmas, key=lambda pragma: (pragma.scope is Scope.FILE, pragma.span))
    for pragma in ordered:
        fault = pragma.problem or (_without_reason(pragma) if require_reason and not pragma.reason else None)
        if fault is not None:
            problems.append((MALFORMED, Problem(_sentence(fault), fault.span)))
        elif pragma.until and pragma.until < today:
            problems.append((EXPIRED, _expired(pragma)))
        else:
            problems.extend(_applied(pragma, marking, rules, ran))
    problems.sort(key=lambda found: (found[1].span, found[0].id))
    return Inline(marking.findings(), tuple(problems))


def suppress_by_policy(
    findings: Sequence[Finding],
    exceptions: Sequence[Exemption],
    *,
    ran: Mapping[str, Collection[str]],
    today: str,
) -> tuple[tuple[Finding, ...], tuple[Notification, ...]]:
    """Mark the findings of a whole run by the policy's exceptions, and tell of expired and needless exceptions.

    `ran` has the names of the rules that ran by the uris of the files that they looked at: an exception for a file that
    was not looked at, or for a rule that did not run there, is not called needless.
    """
    by_rule: dict[str, list[Exemption]] = {}
    for exception in exceptions:
        if exception.expires >= today:
            by_rule.setdefault(exception.rule, []).append(exception)
    used: set[int] = set()
    marked = tuple(_marked(finding, by_rule.get(finding.rule.name, ()), used) for finding in findings)
    notifications: list[Notification] = []
    for exception in exceptions:
        looked = (uri for uri, names in ran.items() if exception.rule in names)
        if id(exception) in used or not any(map(exception.covers_path, looked)):
            continue
        if exception.expires >= today:
            notifications.append(needless(exception))
            continue
        counts = any(one.active and one.rule.name == exception.rule and exception.covers(one) for one in marked)
        notifications.append(ended(exception, exception.rule, "its findings count again" if counts else ""))
    return marked, tuple(notifications)


class _Marking:
    """The findings of one file, to be marked once each: by their rule's name, those of vulnerabilities also by an id."""

    def __init__(self, findings: Sequence[Finding], aliases: Mapping[str, Collection[str]]) -> None:
        self._findings = list(findings)
        self._open: dict[str, list[tuple[int, int]]] = {}
        self._marked: set[int] = set()
        for index, finding in enumerate(self._findings):
            name, id = finding.rule.name, finding.rule.id
            ids = {one.lower() for one in (id, *aliases.get(id, ()))} if name == VULNERABLE else ()
            for word in (name, *ids):
                self._open.setdefault(word, []).append((finding.span.start, index))
        for places in self._open.values():
            places.sort()

    def mark(self, word: str, start: int, end: int, suppression: Suppression) -> int:
        """Mark what is still open of a rule or a vulnerability between two offsets; how many that were."""
        places = self._open.get(word, [])
        first, last = bisect_left(places, (start, -1)), bisect_left(places, (max(end, start + 1), -1))
        found = [index for _, index in places[first:last] if index not in self._marked]
        for index in found:
            finding = self._findings[index]
            self._findings[index] = finding._replace(suppressions=(*finding.suppressions, suppression))
        self._marked.update(found)
        del places[first:last]
        return len(found)

    def findings(self) -> tuple[Finding, ...]:
        """All of them, in the order in which they came."""
        return tuple(self._findings)


def _applied(
    pragma: Pragma, marking: _Marking, rules: Sequence[Rule], ran: Collection[str]
) -> Iterator[tuple[Rule, Problem]]:
    """Let a well-formed suppression work; what is wrong with its rules."""
    suppression = Suppression("inline", pragma.reason, pragma.until)
    start, end = pragma.covers
    if pragma.scope is Scope.FILE:
        end += 1
    for word in pragma.rules:
        rule = rule_named(word.text, rules)
        if rule is None and is_advisory(word.text):
            if not marking.mark(word.text.lower(), start, end, suppression) and VULNERABLE in ran:
                yield UNUSED, _unused(pragma, word)
        elif rule is None:
            message = _sentence(SyntaxProblem(unknown_rule(word.text, rules), word.span))
            yield MALFORMED, Problem(message, word.span, key=word.text)
        elif not marking.mark(rule.name, start, end, suppression) and rule.name in ran:
            yield UNUSED, _unused(pragma, word)


def _unused(pragma: Pragma, word: Word) -> Problem:
    where = "file" if pragma.scope is Scope.FILE else "instruction"
    return Problem(f"'{word.text}' has nothing to suppress in this {where}.", word.span, key=word.text)


def _expired(pragma: Pragma) -> Problem:
    names = ", ".join(word.text for word in pragma.rules)
    return Problem(f"The suppression of {names} ended on {pragma.until}.", pragma.span, key=names)


def _without_reason(pragma: Pragma) -> SyntaxProblem:
    return SyntaxProblem("The suppression has no reason, and the policy requires one.", pragma.span, 'add reason="…"')


def _sentence(problem: SyntaxProblem) -> str:
    """One sentence of a message and its hint."""
    text = problem.message.removesuffix(".") + (f"; {problem.hint}" if problem.hint else "")
    return text if text.endswith("?") else f"{text}."


def _marked(finding: Finding, exceptions: Iterable[Exemption], used: set[int]) -> Finding:
    found = [exception for exception in exceptions if exception.covers(finding)]
    if not found:
        return finding
    used.update(map(id, found))
    marks = (Suppression("policy", exception.reason, exception.expires, exception.owner) for exception in found)
    return finding._replace(suppressions=(*finding.suppressions, *marks))


def ended(exception: Ending, subject: str, effect: str = "") -> Notification:
    """What to say of an exception for `subject` that is over: a warning with the effect, a note where it has none."""
    message = f"The exception for {subject} ended on {exception.expires}"
    if effect:
        return Notification("warning", f"{message}: {effect}.", exception.uri, exception.region)
    return Notification("note", f"{message}; no finding needs it.", exception.uri, exception.region)


def needless(exception: Exemption) -> Notification:
    """What to say of an exception of no use."""
    message = f"The exception for {exception.rule} covers no finding."
    return Notification("note", message, exception.uri, exception.region)
