"""Words of the shell: quotes, parameters, substitutions, and what can only be known when the script runs.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02 (quoting) and _06 (expansions)
"""

import re

from scanguard.dockerfile.shell.nodes import Literal, Opaque, Parameter, Part, ShellWord, Substitution
from scanguard.dockerfile.shell.scanner import MAX_DEPTH
from scanguard.dockerfile.shell.substitutions import Substitutions
from scanguard.model.lazily import matcher

_new = tuple.__new__

_RUN = re.compile(r"[^ \t\r\n'\"$`\\*?\[{~<>|&;()]+").match
_QUOTED_RUN = re.compile(r"[^\"$`\\]+").match
_ARGUMENT_RUN = matcher(r"[^}'\"$`\\*?\[]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").match
_BRACED = matcher(
    r"\$\{(?:(?P<prefix>[#!])(?=[A-Za-z_0-9@*]))?(?P<name>[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])"
    r"(?P<operator>:?[-+?=]|\#\#?|%%?|/[/#%]?|\^\^?|,,?|[:\[@])?"
)
_GLOB = matcher(r"[*?]+|\[(?:\[:[a-z]+:\]|\\[^\n]|[^\[\]/ \t\r\n'\"$`\\;&|<>()])+\]")
_BRACE_EXPANSION = matcher(r"\{[^ \t\r\n'\"`\\;&|<>(){}]*(?:,|\.\.)[^ \t\r\n'\"`\\;&|<>(){}]*\}")
_TILDE = matcher(r"~[A-Za-z0-9_.+-]*(?=[/:]|[ \t\r\n;&|<>()]|\Z)")
_ANSI = matcher(r"[^'\\]+|\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|c[\s\S]|[\s\S])")
_ANSI_ESCAPES = dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True))

_LONG_NAME = 100
_SPECIAL = frozenset("@*#?$!-0123456789")
_ESCAPED_IN_QUOTES = frozenset('"$`\\\n')


class Words(Substitutions):
    """Reads words. A word ends at a blank, a line end or an operator."""

    __slots__ = ()

    def word(self) -> ShellWord:
        """The word that begins here; an empty one where none does."""
        start = self.at
        parts: list[Part] = []
        self._pieces(parts, start)
        return _new(ShellWord, (self.text[start : self.at], tuple(parts), start, self.at))

    def _pieces(self, parts: list[Part], start: int) -> None:
        text, end = self.text, self.end
        while self.at < end:
            at = self.at
            match = _RUN(text, at, end)
            if match:
                self.at = match.end()
                parts.append(_new(Literal, (match[0], at, self.at, False)))
                continue
            char = text[at]
            if char == "\\":
                self._escape(parts)
            elif char in "'\"$`":
                self._quote_or_dollar(char, parts)
            elif char in "*?[{~":
                self._pattern(char, parts, start)
            elif char in "<>" and text.startswith("(", at + 1) and at + 1 < end:
                self.substitution(char, parts, quoted=False)
            elif char == "(" and at > start and text[at - 1] in "?*+@!=":
                self._parenthesised(parts)
            elif char == "\r" and not text.startswith("\n", at + 1):
                self.at = at + 1
                parts.append(Literal(char, at, self.at))
            else:
                return

    def _escape(self, parts: list[Part]) -> None:
        at = self.at
        self.at = min(at + 2, self.end)
        char = self.text[at + 1 : self.at]
        if char == "\r" and self.text.startswith("\n", self.at):
            self.at += 1
        elif char != "\n":
            parts.append(Literal(char or "\\", at, self.at, True))

    def _quote_or_dollar(self, char: str, parts: list[Part]) -> None:
        if char == '"':
            self.double_quoted(parts)
        elif char == "'":
            self._single_quoted(parts)
        else:
            self.expansion(char, parts, quoted=False)

    def _single_quoted(self, parts: list[Part]) -> None:
        start = self.at + 1
        stop = self.text.find("'", start, self.end)
        if stop < 0:
            self.note("a single quote is not closed")
            stop = self.end
        parts.append(Literal(self.text[start:stop], start, stop, True))
        self.at = min(stop + 1, self.end)

    def double_quoted(self, parts: list[Part]) -> None:
        """Take a text in double quotes, which begins here."""
        text, end = self.text, self.end
        self.at += 1
        before = len(parts)
        while self.at < end:
            at = self.at
            match = _QUOTED_RUN(text, at, end)
            if match:
                self.at = match.end()
                parts.append(Literal(match[0], at, self.at, True))
                continue
            char = text[at]
            if char == '"':
                self.at = at + 1
                if len(parts) == before:
                    parts.append(Literal("", at, at, True))
                return
            self.inside(char, parts, _ESCAPED_IN_QUOTES)
        self.note("a double quote is not closed")

    def inside(self, char: str, parts: list[Part], escaped: frozenset[str]) -> None:
        """Take a backslash, a dollar or a backquote in double quotes or in a heredoc."""
        at = self.at
        if char != "\\":
            self.expansion(char, parts, quoted=True)
            return
        follower = self.text[at + 1 : min(at + 2, self.end)]
        if follower not in escaped or not follower:
            self.at = at + 1
            parts.append(Literal("\\", at, self.at, True))
            return
        self.at = at + 2
        if follower != "\n":
            parts.append(Literal(follower, at, self.at, True))

    def expansion(self, char: str, parts: list[Part], *, quoted: bool) -> None:
        """Take what a dollar or a backquote begins."""
        text, at = self.text, self.at
        if char == "`":
            self.backquoted(parts, quoted=quoted)
            return
        follower = text[at + 1 : min(at + 2, self.end)]
        match = _NAME(text, at + 1, self.end)
        if match:
            self.at = match.end()
            parts.append(Parameter(match[0], "", None, at, self.at, quoted))
        elif follower == "{":
            self._braced(parts, quoted=quoted)
        elif follower == "(":
            self.dollar_paren(parts, quoted=quoted)
        elif follower and follower in _SPECIAL:
            self.at = at + 2
            parts.append(Parameter(follower, "", None, at, self.at, quoted))
        elif follower == "'" and not quoted:
            self._ansi_quoted(parts)
        elif follower == '"' and not quoted:
            self.at = at + 1
            self.double_quoted(parts)
        else:
            self.at = at + 1
            parts.append(Literal("$", at, self.at, quoted))

    def _ansi_quoted(self, parts: list[Part]) -> None:
        text, end = self.text, self.end
        self.at += 2
        before = len(parts)
        while True:
            at = self.at
            match = _ANSI(text, at, end)
            if not match:
                break
            self.at = match.end()
            parts.append(Literal(_decoded(match[0]), at, self.at, True))
        if len(parts) == before:
            parts.append(Literal("", self.at, self.at, True))
        if self.at < end and text[self.at] == "'":
            self.at += 1
        else:
            self.at = end
            self.note("a quote $' is not closed")

    def _braced(self, parts: list[Part], *, quoted: bool) -> None:
        start = self.at
        close = self.text.find("}", start + 2, min(start + _LONG_NAME, self.end))
        name = self.text[start + 2 : close] if close > 0 else ""
        if name.isidentifier() and name.isascii() and self.depth < MAX_DEPTH:
            self.at = close + 1
            parts.append(Parameter(name, "", None, start, self.at, quoted))
            return
        match = _BRACED(self.text, start, self.end)
        if not match or (not match["operator"] and not self.text.startswith("}", match.end())):
            self.note("a bad substitution")
            self.at = min(start + 2, self.end)
            parts.append(Opaque(self.text[start : self.at], start, self.at))
            return
        self.at = match.end()
        if self.depth >= MAX_DEPTH:
            self.too_deep(parts, start, "{", "}")
            return
        operator, argument = match["prefix"] or match["operator"] or "", None
        if match["operator"]:
            self.depth += 1
            argument = self._argument(quoted=quoted and match["operator"][-1] in "-+?=")
            self.depth -= 1
        if self.at < self.end:
            self.at += 1
        else:
            self.note("a brace ${ is not closed")
        parts.append(Parameter(match["name"], operator, argument, start, self.at, quoted))

    def _argument(self, *, quoted: bool) -> ShellWord:
        """The word after the operator of `${x…}`, up to the closing brace."""
        text, end, start = self.text, self.end, self.at
        parts: list[Part] = []
        while self.at < end:
            at = self.at
            match = _ARGUMENT_RUN(text, at, end)
            if match:
                self.at = match.end()
                parts.append(Literal(match[0], at, self.at, quoted))
                continue
            char = text[at]
            if char == "}":
                break
            if char == "\\":
                self._escape(parts)
            elif char in "*?[" or (char == "'" and quoted):
                self._pattern(char, parts, start)
            elif char in "$`" and quoted:
                self.expansion(char, parts, quoted=True)
            else:
                self._quote_or_dollar(char, parts)
        return ShellWord(text[start : self.at], tuple(parts), start, self.at)

    def _pattern(self, char: str, parts: list[Part], start: int) -> None:
        """A glob, a brace expansion or a home directory; a character like any other where it is none of these."""
        text, at, end = self.text, self.at, self.end
        if char == "{":
            match = _BRACE_EXPANSION(text, at, end)
        elif char == "~":
            match = _TILDE(text, at, end) if at == start else None
        else:
            match = _GLOB(text, at, end)
        if match:
            self.at = match.end()
            parts.append(Opaque(match[0], at, self.at))
        else:
            self.at = at + 1
            parts.append(Literal(char, at, self.at))

    def _parenthesised(self, parts: list[Part]) -> None:
        """The parentheses of an array that is an argument (`declare x=(…)`) or of an extended glob."""
        start = opaque = self.at
        if self.text[start - 1] == "=" and self.depth < MAX_DEPTH:
            self.depth += 1
            words = self.array()
            self.depth -= 1
            for word in words:
                for part in word.parts:
                    if type(part) in (Parameter, Substitution):
                        parts.append(Opaque(self.text[opaque : part.start], opaque, part.start))
                        parts.append(part)
                        opaque = part.end
        else:
            self.at += 1
            self.skip_balanced("(", ")")
        parts.append(Opaque(self.text[opaque : self.at], opaque, self.at))

    def array(self) -> tuple[ShellWord, ...]:
        """The words between parentheses, which begin here."""
        self.at += 1
        words: list[ShellWord] = []
        while True:
            self.linebreak()
            if self.at >= self.end:
                self.note("a parenthesis is not closed")
                return tuple(words)
            word = self.word() if self.text[self.at] != "(" else None
            if word is not None and word.text:
                words.append(word)
                continue
            self.at += 1
            if self.text[self.at - 1] == ")":
                return tuple(words)
            self.note("out of place in an array")


def _decoded(text: str) -> str:
    """One escape of `$'…'`, or a run without any."""
    if text[0] != "\\":
        return text
    kind, digits = text[1], text[2:]
    if kind in "xuU" and digits:
        number = int(digits, 16)
        return chr(number) if number < 0x110000 else text
    if kind in "01234567":
        return chr(int(text[1:], 8) & 255)
    if kind == "c" and digits:
        return chr(ord(digits) & 31) if digits < "\x80" else text
    return _ANSI_ESCAPES.get(kind, kind if kind in "\\'\"?" else text)
