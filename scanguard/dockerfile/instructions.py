"""One logical line into one instruction.

https://docs.docker.com/reference/dockerfile/
"""

import re
from collections.abc import Callable
from functools import cache

from scanguard.dockerfile.arguments import check_arguments
from scanguard.dockerfile.flags import read_flags
from scanguard.dockerfile.json_form import read_array
from scanguard.dockerfile.lines import ASCII_SPACES, SPACES, Line
from scanguard.dockerfile.nodes import Flag, Instruction, Pair, SyntaxProblem, Word
from scanguard.dockerfile.splitting import read_declarations, read_pairs, split
from scanguard.model.location import Span
from scanguard.model.spelling import nearest

KEYWORDS = (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR"
).split()
"""All instructions, in alphabetical order."""


Arguments = tuple[tuple[Word, ...], bool, tuple[Pair, ...], Instruction | None]
"""What stands behind the keyword and the flags: words, whether they are in JSON form, pairs, a trigger. A bare tuple is fastest."""


@cache
def _keyword() -> re.Pattern[str]:
    return re.compile(r"([^\t\v\f\r ]*)[\t\v\f\r ]*")


class Builder:
    """Makes instructions of lines; what BuildKit refuses goes to `errors`."""

    __slots__ = ("errors", "escape", "match")

    def __init__(self, escape: str, errors: list[SyntaxProblem]) -> None:
        self.escape = escape
        self.errors = errors
        self.match = _keyword().match

    def build(self, line: Line, start: int = 0, outer: str = "") -> Instruction:
        """The instruction that starts at `start` of the line; `outer` is the instruction that it is a trigger of."""
        text = line.text
        head = self.match(text, start)
        stop, at = (head.end(1), head.end()) if head else (start, start)
        written = text[start:stop]
        keyword = written if written in _READERS else _canonical(written)
        flags: tuple[Flag, ...] = ()
        if text.startswith("--", at):
            flags, at = read_flags(line, at, self.escape)
        at = _past_blanks(text, at)
        keyword_span = line.span(start, stop)
        span, body = Span(keyword_span[0], line.end), line.body(at)
        reader = _READERS.get(keyword)
        if reader is None:
            self.errors.append(_unknown(written, keyword_span))
            return Instruction(keyword, span, keyword_span, flags, (), body, False, (), (), None)
        blank = at >= len(text) or (outer and keyword == "ONBUILD")
        words, json, pairs, trigger = _NONE if blank else reader(self, line, at, keyword)
        instruction = Instruction(keyword, span, keyword_span, flags, words, body, json, pairs, (), trigger)
        if flags or outer or keyword not in _FREE:
            check_arguments(instruction, outer, self.errors)
        return instruction

    # What stands behind the keyword -----------------------------------------------------------------------------------

    def _whole(self, line: Line, at: int, keyword: str) -> Arguments:
        return (line.word(at, len(line.text)),), False, (), None

    def _words(self, line: Line, at: int, keyword: str) -> Arguments:
        return split(line, at), False, (), None

    def _command(self, line: Line, at: int, keyword: str) -> Arguments:
        return self._array(line, at, keyword) or self._whole(line, at, keyword)

    def _paths(self, line: Line, at: int, keyword: str) -> Arguments:
        return self._array(line, at, keyword) or self._words(line, at, keyword)

    def _array(self, line: Line, at: int, keyword: str) -> Arguments | None:
        at = _past_blanks(line.text, at)
        array = read_array(line.text, at) if line.text[at] == "[" else None
        if array is None:
            return None
        if array.stray >= 0:
            message = f"{keyword} has a JSON array with an element that is no string"
            self.errors.append(
                SyntaxProblem(message, line.span(array.stray, array.stray + 1), "put it in double quotes")
            )
        return tuple([Word(one.value, line.span(one.start, one.end)) for one in array.items]), True, (), None

    def _pairs(self, line: Line, at: int, keyword: str) -> Arguments:
        return _paired(read_pairs(line, at, keyword, self.escape, self.errors))

    def _declarations(self, line: Line, at: int, keyword: str) -> Arguments:
        return _paired(read_declarations(line, at, self.escape))

    def _health(self, line: Line, at: int, keyword: str) -> Arguments:
        """https://docs.docker.com/reference/dockerfile/#healthcheck."""
        text, stop = line.text, at
        while stop < len(text) and text[stop] not in ASCII_SPACES:
            stop += 1
        start = stop
        while start < len(text) and text[start] in ASCII_SPACES:
            start += 1
        kind = line.word(at, stop)
        rest, json, _, _ = self._command(line, start, keyword) if start < len(text) else _NONE
        trigger = None
        if kind.text.upper() == "CMD":
            span = Span(kind.span.start, line.end)
            trigger = Instruction("CMD", span, kind.span, (), rest, line.body(start), json)
        return (kind, *rest), json, (), trigger

    def _deferred(self, line: Line, at: int, keyword: str) -> Arguments:
        """https://docs.docker.com/reference/dockerfile/#onbuild; an ONBUILD in it is refused and not followed."""
        return (), False, (), self.build(line, at, keyword)


_NONE: Arguments = ((), False, (), None)
_FREE = frozenset(("RUN", "CMD", "ENTRYPOINT"))  # with no flags, nothing can be wrong with these

_Reader = Callable[[Builder, Line, int, str], Arguments]
_READERS: dict[str, _Reader] = {
    "ADD": Builder._paths,
    "ARG": Builder._declarations,
    "CMD": Builder._command,
    "COPY": Builder._paths,
    "ENTRYPOINT": Builder._command,
    "ENV": Builder._pairs,
    "EXPOSE": Builder._words,
    "FROM": Builder._words,
    "HEALTHCHECK": Builder._health,
    "LABEL": Builder._pairs,
    "MAINTAINER": Builder._whole,
    "ONBUILD": Builder._deferred,
    "RUN": Builder._command,
    "SHELL": Builder._command,
    "STOPSIGNAL": Builder._whole,
    "USER": Builder._whole,
    "VOLUME": Builder._paths,
    "WORKDIR": Builder._whole,
}


def _past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACES:
        at += 1
    return at


def _paired(pairs: tuple[Pair, ...]) -> Arguments:
    words = []
    for pair in pairs:
        words.append(pair.name)
        if pair.value is not None:
            words.append(pair.value)
    return tuple(words), False, pairs, None


def _canonical(written: str) -> str:
    """BuildKit compares in lower case; so `ſhell` is no SHELL."""
    upper = written.upper()
    return upper if upper.lower() == written.lower() else written


def _unknown(written: str, span: Span) -> SyntaxProblem:
    guess = nearest(written, KEYWORDS)
    hint = (
        f"did you mean {guess}?"
        if guess
        else "every line begins with an instruction; a line goes on after a \\ at its end"
    )
    return SyntaxProblem(f"there is no instruction {written!r}", span, hint)
