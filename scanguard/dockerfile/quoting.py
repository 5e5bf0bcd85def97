"""Quotes, escapes and word boundaries, as BuildKit resolves them.

https://docs.docker.com/reference/dockerfile/#environment-replacement
"""

import re
from functools import cache

from scanguard.dockerfile.lines import SPACES
from scanguard.model.record import NamedTuple


class Piece(NamedTuple):
    """A word that came out of splitting, and where in the text it began and ended."""

    text: str
    start: int
    end: int


class ExpansionError(Exception):
    """BuildKit refuses to expand the word; `offset` says where in the word, counted in code points."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(r"""[^$<'"\\`}/]+""")


class Quoting:
    """One pass over one text, variables left to `dollar`. `words` is filled when `collect` is set."""

    def __init__(
        self, text: str, escape: str, *, collect: bool = False, raw_quotes: bool = False, raw_escapes: bool = False
    ) -> None:
        self.text = text
        self.at = 0
        self.escape = escape
        self.collect = collect
        self.raw_quotes = raw_quotes
        self.raw_escapes = raw_escapes
        self.words: list[Piece] = []
        self.buffer: list[str] = []
        self.begin = 0

    def dollar(self) -> tuple[str, bool]:
        """What a `$` begins: its value, and whether that is known."""
        raise NotImplementedError

    # What a text is made of ------------------------------------------------------------------------------------------

    def run(self, stop: str, *, raw: bool | None = None) -> tuple[str, bool]:
        """Expand up to the character `stop` (or to the end); the value, and whether all of it is known."""
        outer_raw, start = self.raw_escapes, self.at
        outer_words, self.words, self.buffer = self.words, [], []
        self.raw_escapes = outer_raw if raw is None else raw
        parts: list[str] = []
        known = True
        while self.at < len(self.text):
            char = self.text[self.at]
            if stop and char == stop:
                self.at += 1
                break
            part, sure = self._part(char)
            parts.append(part)
            known = known and sure
        else:
            if stop:
                raise ExpansionError(f"there is no closing {stop}", start)
        self.raw_escapes = outer_raw
        self._flush(self.at)
        if stop:
            self.words = outer_words
        return "".join(parts), known

    def _part(self, char: str) -> tuple[str, bool]:
        start = self.at
        if char == "$":
            value, known = self.dollar()
            self._spread(value, start, 0)
            return value, known
        if char in ("'", '"'):
            value, known = self.single() if char == "'" else self.double()
            self._add(value, start)
            return value, known
        if char == self.escape:
            value = self._escaped()
            self._add(value, start)
            return value, True
        if char == "<":
            value = self._heredoc()
            self._add(value, start)
            return value, True
        plain = _plain().match(self.text, start)
        value = plain[0] if plain else char
        self.at += len(value)
        self._spread(value, start, 1)
        return value, True

    def _escaped(self) -> str:
        self.at += 2
        return self.text[self.at - 2 if self.raw_escapes else self.at - 1 : self.at]

    def _heredoc(self) -> str:
        """`<<` keeps the blanks behind it, so that `<< EOF` is one word."""
        start = self.at
        self.at += 1
        if self.text[self.at : self.at + 1] == "<":
            self.at += 1
            while self.text[self.at : self.at + 1] in ("\t", "\r", " "):
                self.at += 1
        return self.text[start : self.at]

    def single(self) -> tuple[str, bool]:
        """Single quotes: everything is itself."""
        start = self.at
        stop = self.text.find("'", start + 1)
        if stop < 0:
            raise ExpansionError("there is no closing single quote", start)
        self.at = stop + 1
        return (self.text[start : self.at] if self.raw_quotes else self.text[start + 1 : stop]), True

    def double(self) -> tuple[str, bool]:
        """Double quotes: variables are expanded, the escape character escapes only `"`, `$` and itself."""
        text, start, known = self.text, self.at, True
        parts = ['"'] if self.raw_quotes else []
        self.at += 1
        while self.at < len(text):
            char = text[self.at]
            if char == '"':
                self.at += 1
                return "".join(parts) + ('"' if self.raw_quotes else ""), known
            if char == "$":
                value, sure = self.dollar()
                parts.append(value)
                known = known and sure
            elif char == self.escape:
                parts.append(self._escaped_in_quotes())
            else:
                plain = _plain().match(text, self.at)
                parts.append(plain[0] if plain else char)
                self.at += len(parts[-1])
        raise ExpansionError("there is no closing double quote", start)

    def _escaped_in_quotes(self) -> str:
        following = self.text[self.at + 1 : self.at + 2]
        kept = self.escape if self.raw_escapes else ""
        if not following:
            self.at += 1
            return kept
        if following in ('"', "$", self.escape):
            self.at += 2
            return kept + following
        self.at += 1
        return kept + self.escape

    # Splitting into words ---------------------------------------------------------------------------------------------

    def _add(self, text: str, start: int) -> None:
        if self.collect and text:
            if not self.buffer:
                self.begin = start
            self.buffer.append(text)

    def _spread(self, text: str, start: int, step: int) -> None:
        """Add a text whose blanks end words; `step` is 1 where it stands in the source as it is."""
        if not self.collect:
            return
        here = 0
        while here < len(text):
            rest = len(text)
            blank = next((at for at in range(here, rest) if text[at] in SPACES), rest)
            self._add(text[here:blank], start + here * step)
            if blank < rest:
                self._flush(start + blank * step)
            here = blank + 1

    def _flush(self, end: int) -> None:
        if self.buffer:
            self.words.append(Piece("".join(self.buffer), self.begin, end))
            self.buffer = []
