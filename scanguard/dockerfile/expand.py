"""Variables, quotes and escapes of one word, as BuildKit resolves them.

https://docs.docker.com/reference/dockerfile/#environment-replacement
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Final, Literal

from scanguard.dockerfile.lines import SPACES
from scanguard.dockerfile.patterns import Pattern, read_pattern, replace, strip_prefix, strip_suffix
from scanguard.model.record import NamedTuple

DEEPEST = 40
LONGEST = 1 << 20


class Unknown(Enum):
    """A variable that is declared, but whose value nobody can tell."""

    UNKNOWN = "unknown"


UNKNOWN: Final[Literal[Unknown.UNKNOWN]] = Unknown.UNKNOWN

Lookup = Callable[[str], str | Unknown | None] | Mapping[str, str] | Mapping[str, str | Unknown]


class Expansion(NamedTuple):
    """What a word stands for.

    `names` are the variables that were looked up and found (their value may be unknown), `unset` those that were not,
    each once, in order. Where a value is not `known`, its variable stands in `value` as it was written.
    """

    value: str
    names: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    known: bool = True


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


def expand_word(word: str, lookup: Lookup, *, escape: str = "\\") -> Expansion:
    """Expand one word; quotes are removed, blanks are kept.

    `lookup` gives a text, UNKNOWN, or None for a variable that is not set. Raises ExpansionError for what BuildKit refuses, for
    more than 40 nested substitutions and for a value longer than 1 MiB.
    https://docs.docker.com/reference/dockerfile/#environment-replacement
    """
    lexer = Lexer(word, lookup, escape)
    value, known = lexer.run("")
    return Expansion(value, tuple(lexer.names), tuple(lexer.unset), known)


def expand_words(text: str, lookup: Lookup, *, escape: str = "\\") -> tuple[str, ...]:
    """Expand a text and split the result at blanks that are not quoted, as BuildKit does for EXPOSE.

    Raises ExpansionError as `expand_word` does. BuildKit forgets what precedes `${name:-word}` within a word; so does this.
    """
    lexer = Lexer(text, lookup, escape, collect=True)
    lexer.run("")
    return tuple(piece.text for piece in lexer.words)


def split_raw(text: str, *, raw_quotes: bool = False, raw_escapes: bool = False) -> tuple[Piece, ...]:
    """Split a text at blanks that are not quoted and leave variables alone; quotes and escapes are kept when `raw`.

    Raises ExpansionError for a quote or a brace that is not closed.
    """
    lexer = Lexer(text, {}, "\\", collect=True, raw_quotes=raw_quotes, raw_escapes=raw_escapes, keep_unset=True)
    lexer.run("")
    return tuple(lexer.words)


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(r"""[^$<'"\\`}/]+""")


class Lexer:
    """One pass over one text. `words` is filled when `collect` is set."""

    def __init__(
        self,
        text: str,
        lookup: Lookup,
        escape: str,
        *,
        collect: bool = False,
        raw_quotes: bool = False,
        raw_escapes: bool = False,
        keep_unset: bool = False,
    ) -> None:
        self.text = text
        self.at = 0
        self.get: Callable[[str], str | Unknown | None] = lookup if callable(lookup) else lookup.get
        self.escape = escape
        self.collect = collect
        self.raw_quotes = raw_quotes
        self.raw_escapes = raw_escapes
        self.keep_unset = keep_unset
        self.names: dict[str, None] = {}
        self.unset: dict[str, None] = {}
        self.words: list[Piece] = []
        self.buffer: list[str] = []
        self.begin = 0
        self.depth = 0
        self.budget = LONGEST

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

    # Variables -------------------------------------------------------------------------------------------------------

    def dollar(self) -> tuple[str, bool]:
        """`$name` or `${…}`."""
        start = self.at
        self.at += 1
        if self.text[self.at : self.at + 1] != "{":
            name = self._name()
            return self._value(name, start) if name else ("$", True)
        self.at += 1
        if self.text[self.at : self.at + 1] in ("", "{", "}", ":"):
            raise ExpansionError("there is no variable after ${", start)
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpansionError(f"substitutions are nested more than {DEEPEST} deep", start)
        result = self._braces(start)
        self.depth -= 1
        return result

    def _braces(self, start: int) -> tuple[str, bool]:
        name = self._name()
        mark = self.text[self.at : self.at + 1]
        self.at += 1
        if mark == "}":
            return self._value(name, start)
        if mark == "/":
            return self._replaced(name, start)
        colon = mark == ":"
        if colon:
            mark = self.text[self.at : self.at + 1]
            self.at += 1
        elif mark not in ("+", "-", "?", "#", "%"):
            mark = ""
        if not mark or (colon and mark in "#%"):
            raise ExpansionError(f"{self.text[start : self.at]} has a modifier that BuildKit does not know", start)
        word, sure = self.run("}", raw=mark in "#%")
        return self._modified(name, mark, word, start, sure=sure, colon=colon)

    def _modified(self, name: str, mark: str, word: str, start: int, *, sure: bool, colon: bool) -> tuple[str, bool]:
        value = self._find(name)
        if value is None and self.keep_unset:
            return f"${{{name}{':' if colon else ''}{mark}{word}}}", True
        if mark not in "-+?#%":
            raise ExpansionError(f"{self.text[start : self.at]} has a modifier that BuildKit does not know", start)
        if value is UNKNOWN:
            return self.text[start : self.at], False
        absent = value is None or (colon and not value)
        if mark == "-" and absent:
            return word, sure
        if mark == "+":
            return ("", True) if absent else (word, sure)
        if mark == "?" and absent:
            reason = word or f"is not allowed to be {'unset' if value is None else 'empty'}"
            raise ExpansionError(f"{name}: {reason}", start)
        if mark not in "#%":
            return self._paid(str(value), start), True
        if not sure:
            return self.text[start : self.at], False
        return self._trimmed(mark, word, value or "", start), True

    def _trimmed(self, mark: str, word: str, value: str, start: int) -> str:
        longest = word[:1] == mark
        pattern = self._pattern(word[1:] if longest else word, value, start)
        strip = strip_suffix if mark == "%" else strip_prefix
        return self._paid(strip(pattern, value, longest=longest), start)

    def _replaced(self, name: str, start: int) -> tuple[str, bool]:
        everywhere = self.text[self.at : self.at + 1] == "/"
        if everywhere:
            self.at += 1
        word, sure = self.run("/", raw=True)
        replacement, sure_too = self.run("}", raw=True)
        value = self._find(name)
        if value is None and self.keep_unset:
            return f"${{{name}/{word}/{replacement}}}", True
        if value is UNKNOWN or not (sure and sure_too):
            return self.text[start : self.at], False
        text = value or ""
        pattern = self._pattern(word, text, start)
        if everywhere and (len(text) + 1) * len(replacement) > LONGEST:
            raise ExpansionError(f"the value of {name} is longer than {LONGEST} characters", start)
        return self._paid(replace(pattern, text, replacement, everywhere=everywhere), start), True

    def _pattern(self, word: str, value: str, start: int) -> Pattern:
        try:
            pattern = read_pattern(word)
        except ValueError as error:
            raise ExpansionError(str(error), start) from None
        if len(word) * len(value) > LONGEST:
            raise ExpansionError("the pattern and the value are too long to be matched", start)
        return pattern

    def _name(self) -> str:
        text, start = self.text, self.at
        first = text[start : start + 1]
        if first.isdecimal():
            while text[self.at : self.at + 1].isdecimal():
                self.at += 1
        elif first and first in "@*#?-$!":
            self.at += 1
        else:
            while (char := text[self.at : self.at + 1]) and (char == "_" or char.isalpha() or char.isdecimal()):
                self.at += 1
        return text[start : self.at]

    def _value(self, name: str, start: int) -> tuple[str, bool]:
        value = self._find(name)
        if value is UNKNOWN or (value is None and self.keep_unset):
            return self.text[start : self.at], value is None
        return self._paid(value or "", start), True

    def _find(self, name: str) -> str | Unknown | None:
        value = self.get(name)
        (self.unset if value is None else self.names)[name] = None
        return value

    def _paid(self, value: str, start: int) -> str:
        """The value, unless all values of the word together become too long."""
        self.budget -= len(value)
        if self.budget < 0:
            raise ExpansionError(f"the value is longer than {LONGEST} characters", start)
        return value

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
