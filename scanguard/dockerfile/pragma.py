"""Suppressions in comments: `# scanguard: ignore[rule-name,other] reason="…" until=2027-03-31`.

See docs/policies.md. What looks like one and is not well formed is kept too, with what is wrong: a suppression that
silently does nothing would be trusted.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum

from scanguard.dockerfile.nodes import Comment, Dockerfile, Instruction, SyntaxProblem, Word
from scanguard.model.date import is_date
from scanguard.model.location import Source, Span
from scanguard.model.record import NamedTuple
from scanguard.model.spelling import nearest

FORM = 'write `# scanguard: ignore[rule-name] reason="why" until=YYYY-MM-DD`'

_ATTEMPT = r"(?i:scanguard)\s*:?\s*(?i:ignore)(?![a-z])|scanguard\s*:"
_HEAD = r"scanguard:[ \t]*([A-Za-z_-]*)[ \t]*"
_RULES = r"\[([^\[\]]*)\]"
_RULE = r"[^\s,]+"
_FIELD = r"""[ \t]+([A-Za-z_-]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+))"""


class Scope(Enum):
    """How far a suppression reaches."""

    INSTRUCTION = "ignore"
    FILE = "ignore-file"


class Pragma(NamedTuple):
    """One suppression.

    `rules` are the names or ids as written, each with its place. `until` is an ISO date, the last day on which it
    holds, or empty. `span` is the comment from `scanguard` on, `covers` the instruction (or the file) that it speaks
    of. Where `problem` is set, it suppresses nothing and the other fields may be empty.
    """

    scope: Scope
    rules: tuple[Word, ...]
    reason: str
    until: str
    span: Span
    covers: Span
    problem: SyntaxProblem | None = None


def pragmas(dockerfile: Dockerfile) -> tuple[Pragma, ...]:
    """All suppressions of a file, in order.

    `ignore` speaks of the instruction under its block of comments, without a blank line between, or of the
    instruction in whose continuation it stands. `ignore-file` speaks of the whole file and stands before the first
    instruction.
    """
    comments = [comment for comment in dockerfile.comments if comment.text[:9].lower() == "scanguard"]
    if not comments:
        return ()
    places = _Places(dockerfile)
    found = (_pragma(comment, places) for comment in comments)
    return tuple(pragma for pragma in found if pragma is not None)


class _Malformed(Exception):
    """What is wrong with a suppression: a message, a span, a hint."""

    def __init__(self, message: str, span: Span, hint: str = FORM) -> None:
        super().__init__(message)
        self.problem = SyntaxProblem(message, span, hint)


class _Places:
    """Which instruction a comment speaks of."""

    def __init__(self, dockerfile: Dockerfile) -> None:
        self.source: Source = dockerfile.source
        stages = (one for stage in dockerfile.stages for one in stage.instructions)
        instructions: list[Instruction] = [*dockerfile.preamble, *stages]
        self.spans = sorted(one.span for one in instructions)
        self.starts = [span.start for span in self.spans]
        first_lines = {self.source.line_of(span.start): span for span in self.spans}
        self.under: dict[int, Span] = {}
        for comment in reversed(dockerfile.comments):
            line = self.source.line_of(comment.span.start)
            below = first_lines.get(line + 1) or self.under.get(line + 1)
            if below is not None:
                self.under[line] = below

    def covered(self, scope: Scope, span: Span) -> Span:
        """What a suppression at `span` speaks of; raises _Malformed where that is nothing."""
        at = bisect_right(self.starts, span.start) - 1
        if scope is Scope.FILE:
            if at >= 0:
                message = "`ignore-file` stands behind the first instruction."
                raise _Malformed(message, span, "move it to the top of the file, or use `ignore` above an instruction")
            return Span(0, len(self.source.text))
        if at >= 0 and span.start < self.spans[at].end:
            return self.spans[at]
        below = self.under.get(self.source.line_of(span.start))
        if below is None:
            raise _Malformed("The suppression stands above no instruction.", span, "put it directly above one")
        return below


def _pragma(comment: Comment, places: _Places) -> Pragma | None:
    """A comment as a suppression; None for prose that only begins with the word."""
    text = comment.text
    if re.match(_ATTEMPT, text) is None:
        return None
    start = places.source.text.index(text, comment.span.start) if text else comment.span.start
    span = Span(start, start + len(text))
    try:
        scope, rules, end = _head(text, span)
        fields = _fields(text, end, span)
        covers = places.covered(scope, span)
    except _Malformed as malformed:
        return Pragma(Scope.INSTRUCTION, (), "", "", span, span, malformed.problem)
    return Pragma(scope, rules, fields.get("reason", ""), fields.get("until", ""), span, covers)


def _head(text: str, span: Span) -> tuple[Scope, tuple[Word, ...], int]:
    """`scanguard: ignore[a, b]`: the scope, the rules, and where it ends."""
    head = re.match(_HEAD, text)
    if head is None:
        raise _Malformed("The suppression does not begin with `scanguard: `.", span)
    verb = head[1]
    if verb not in ("ignore", "ignore-file"):
        guess = nearest(verb, ("ignore", "ignore-file"))
        message = f"'{verb}' is neither `ignore` nor `ignore-file`."
        raise _Malformed(message, span, f"did you mean '{guess}'?" if guess else FORM)
    scope = Scope(verb)
    listed = re.compile(_RULES).match(text, head.end())
    if listed is None:
        raise _Malformed("The suppression names no rule in brackets.", span)
    rules = tuple(_rules(listed[1], span.start + listed.start(1)))
    if not rules:
        raise _Malformed("The brackets of the suppression are empty.", span)
    return scope, rules, listed.end()


def _rules(listed: str, start: int) -> Iterator[Word]:
    for rule in re.finditer(_RULE, listed):
        yield Word(rule[0], Span(start + rule.start(), start + rule.end()))


def _fields(text: str, at: int, span: Span) -> dict[str, str]:
    """`reason="…"` and `until=…`, each at most once."""
    fields: dict[str, str] = {}
    pattern = re.compile(_FIELD)
    end = len(text.rstrip())
    while at < end:
        field = pattern.match(text, at)
        if field is None:
            raise _unread(text, at, span)
        name = field[1]
        place = Span(span.start + field.start(1), span.start + field.end())
        if name not in ("reason", "until"):
            guess = nearest(name, ("reason", "until"))
            message = f"'{name}' is neither `reason` nor `until`."
            raise _Malformed(message, place, f"did you mean '{guess}'?" if guess else FORM)
        if name in fields:
            raise _Malformed(f"`{name}` is given twice.", place, "keep one of them")
        fields[name] = _value(field)
        if name == "until" and not is_date(fields[name]):
            raise _Malformed(f"'{fields[name]}' is not a date.", place, "write it as YYYY-MM-DD")
        at = field.end()
    return fields


def _value(field: "re.Match[str]") -> str:
    if field[2] is not None:
        return re.sub(r"\\(.)", r"\1", field[2]).strip()
    return str(field[3] if field[3] is not None else field[4]).strip()


def _unread(text: str, at: int, span: Span) -> _Malformed:
    rest = text[at:].strip()
    place = Span(span.start + text.index(rest, at), span.end)
    if rest.count('"') % 2:
        return _Malformed("A quote of the suppression does not end.", place, 'end it with `"`')
    return _Malformed(
        "The suppression goes on in a way that cannot be read.", place, 'put the reason in quotes: reason="…"'
    )
