"""Variables, quotes and escapes of one word, as BuildKit resolves them.

https://docs.docker.com/reference/dockerfile/#environment-replacement
"""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

from scanguard.dockerfile.quoting import ExpansionError as ExpansionError
from scanguard.dockerfile.quoting import Piece as Piece
from scanguard.dockerfile.quoting import Quoting
from scanguard.model.record import NamedTuple

if TYPE_CHECKING:
    from scanguard.dockerfile.patterns import Pattern

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


class Lexer(Quoting):
    """Quoting with variables."""

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
        super().__init__(text, escape, collect=collect, raw_quotes=raw_quotes, raw_escapes=raw_escapes)
        self.get: Callable[[str], str | Unknown | None] = lookup if callable(lookup) else lookup.get
        self.keep_unset = keep_unset
        self.names: dict[str, None] = {}
        self.unset: dict[str, None] = {}
        self.depth = 0
        self.budget = LONGEST

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
        from scanguard.dockerfile.patterns import strip_prefix, strip_suffix

        longest = word[:1] == mark
        pattern = self._pattern(word[1:] if longest else word, value, start)
        strip = strip_suffix if mark == "%" else strip_prefix
        return self._paid(strip(pattern, value, longest=longest), start)

    def _replaced(self, name: str, start: int) -> tuple[str, bool]:
        from scanguard.dockerfile.patterns import replace

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

    def _pattern(self, word: str, value: str, start: int) -> "Pattern":
        from scanguard.dockerfile.patterns import read_pattern

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
