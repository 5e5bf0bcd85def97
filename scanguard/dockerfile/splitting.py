"""Arguments into words: at blanks, or at blanks outside of quotes, and `name=value`.

https://docs.docker.com/reference/dockerfile/#env
"""

import re
from functools import cache

from scanguard.dockerfile.lines import SPACES, Line
from scanguard.dockerfile.nodes import Pair, SyntaxProblem, Word
from scanguard.model.location import Span

_new = tuple.__new__  # as in `lines`

BLANKS = "\t\v\f\r "


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(r"[^\t\v\f\r ]+")


@cache
def _quoted(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(
        rf"""(?:[^{SPACES}'"{mark}]++|{mark}.|'[^']*+'?|"(?:[^"{mark}]++|{mark}.)*+"?)++""",
        re.DOTALL,
    )


def split(line: Line, at: int) -> tuple[Word, ...]:
    """The words of a line from `at` on, between blanks; quotes mean nothing."""
    base, found = line.base, _bare().finditer(line.text, at)
    if base < 0:
        return tuple([line.word(one.start(), one.end()) for one in found])
    return tuple([_new(Word, (one[0], _new(Span, (base + one.start(), base + one.end())))) for one in found])


def split_quoted(text: str, at: int, escape: str) -> list[tuple[int, int]]:
    """Start and end of the words of a text from `at` on; blanks in quotes or behind the escape character are no ends.

    Quotes and escapes are kept; an escape character at the very end is dropped, as BuildKit does.
    """
    return [one.span() for one in _quoted(escape).finditer(text, at)]


def read_declarations(line: Line, at: int, escape: str) -> tuple[Pair, ...]:
    """ARG: `name` or `name=value`, as many as there are."""
    return tuple([_pair(line, start, end) for start, end in split_quoted(line.text, at, escape)])


def read_pairs(line: Line, at: int, keyword: str, escape: str, errors: list[SyntaxProblem]) -> tuple[Pair, ...]:
    """ENV and LABEL: `name=value` as many times as there are, or once `name the rest`.

    A word without `=` goes to `errors` and is left out.
    """
    text = line.text
    spans = split_quoted(text, at, escape)
    if not spans:
        return ()
    if text.find("=", *spans[0]) < 0:
        return _legacy(line, at, keyword, errors)
    pairs = []
    for start, end in spans:
        if text.find("=", start, end) < 0:
            word = line.word(start, end)
            hint = "write name=value; a value with blanks stands in quotes"
            errors.append(SyntaxProblem(f"{keyword} has the word {word.text!r} without =", word.span, hint))
        else:
            pairs.append(_pair(line, start, end))
    return tuple(pairs)


def _pair(line: Line, start: int, end: int) -> Pair:
    equals = line.text.find("=", start, end)
    if equals < 0:
        name = line.word(start, end)
        return Pair(name, None, name.span)
    return _new(Pair, (line.word(start, equals), line.word(equals + 1, end), line.span(start, end), False))


def _legacy(line: Line, at: int, keyword: str, errors: list[SyntaxProblem]) -> tuple[Pair, ...]:
    """https://docs.docker.com/reference/build-checks/legacy-key-value-format/."""
    text = line.text
    first = _bare().search(text, at)
    stop = first.end() if first else at
    start = stop
    while start < len(text) and text[start] in BLANKS:
        start += 1
    name = line.word(at, stop)
    if start == stop:
        message = f"{keyword} has no value for {name.text!r}"
        errors.append(SyntaxProblem(message, name.span, f"write {keyword} {name.text}=<value>"))
        return ()
    return (Pair(name, line.word(start, len(text)), line.span(at, len(text)), legacy=True),)
