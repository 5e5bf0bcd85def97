"""Scripts inside words, and arithmetic.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06_03 (commands) and _04 (arithmetic)
"""

from scanguard.dockerfile.shell.nodes import Opaque, Part, Substitution
from scanguard.dockerfile.shell.relocate import relocated, unescape
from scanguard.dockerfile.shell.scanner import MAX_DEPTH, Scanner
from scanguard.model.lazily import finder, matcher

CLOSING_PAREN = frozenset({")"})
_EMPTY: frozenset[str] = frozenset()

_ARITHMETIC_RUN = matcher(r"[^$`]+")
_ARITHMETIC_MARK = finder(r"\\[\s\S]|'[^']*'|\"[^\"\\]*(?:\\[\s\S][^\"\\]*)*\"|[()]")
_BACKQUOTED = matcher(r"[^`\\]*(?:\\[\s\S][^`\\]*)*")


class Substitutions(Scanner):
    """Reads what stands in parentheses after a dollar, and between backquotes."""

    __slots__ = ()

    def expansion(self, char: str, parts: list[Part], *, quoted: bool) -> None:
        """Take what a dollar or a backquote begins."""
        raise NotImplementedError

    def too_deep(self, parts: list[Part], start: int, opener: str, closer: str) -> None:
        """Take a bracket that is nested too deep as it stands."""
        self.note("nested too deep")
        self.skip_balanced(opener, closer)
        parts.append(Opaque(self.text[start : self.at], start, self.at))

    def dollar_paren(self, parts: list[Part], *, quoted: bool) -> None:
        """Take arithmetic or a command substitution, which begins here."""
        start = self.at
        stop = self.arithmetic_end(start + 1)
        if stop < 0:
            self.substitution("$", parts, quoted=quoted)
        else:
            self.arithmetic(parts, start, stop)

    def arithmetic_end(self, at: int) -> int:
        """Where the `))` of a `((` at `at` stands; -1 where there is none, so that it is a subshell in a subshell."""
        if not self.text.startswith("((", at, self.end) or self.patience < 0:
            return -1
        level, reached = 2, self.end
        for match in _ARITHMETIC_MARK(self.text, at + 2, self.end):
            char = match[0]
            level += 1 if char == "(" else -1 if char == ")" else 0
            if char == ")" and level <= 1:
                if self.text.startswith("))", match.start(), self.end):
                    return match.start()
                reached = match.start()
                break
        self.patience -= reached - at
        return -1

    def arithmetic(self, parts: list[Part], start: int, stop: int) -> None:
        """Take arithmetic from `start` to its `))` at `stop`: opaque, but for the expansions in it."""
        text, outer = self.text, self.end
        self.end, self.at = stop, text.index("((", start) + 2
        opaque = start
        while self.at < stop:
            match = _ARITHMETIC_RUN(text, self.at, stop)
            if match:
                self.at = match.end()
                continue
            if opaque < self.at:
                parts.append(Opaque(text[opaque : self.at], opaque, self.at))
            self.expansion(text[self.at], parts, quoted=True)
            opaque = self.at
        self.end, self.at = outer, stop + 2
        parts.append(Opaque(text[opaque : self.at], opaque, self.at))

    def substitution(self, kind: str, parts: list[Part], *, quoted: bool) -> None:
        """Take a script in parentheses, whose mark of two characters stands here."""
        start = self.at
        self.at += 2
        if self.depth >= MAX_DEPTH:
            self.too_deep(parts, start, "(", ")")
            return
        self.depth += 1
        script = self.script(CLOSING_PAREN)
        self.depth -= 1
        if self.at < self.end:
            self.at += 1
        else:
            self.note("a substitution is not closed")
        parts.append(Substitution(kind, script, start, self.at, quoted))

    def backquoted(self, parts: list[Part], *, quoted: bool) -> None:
        """Take a script in backquotes, which begins here."""
        text, outer, start = self.text, self.end, self.at
        match = _BACKQUOTED(text, start + 1, outer)
        stop = match.end() if match else outer
        if not text.startswith("`", stop, outer):
            self.note("a backquote is not closed")
            stop = outer
        if self.depth >= MAX_DEPTH:
            self.at = min(stop + 1, outer)
            self.note("nested too deep")
            parts.append(Opaque(text[start : self.at], start, self.at))
            return
        self.depth += 1
        if "\\" in text[start + 1 : stop]:
            inner, offsets = unescape(text, start + 1, stop, quoted=quoted)
            script = relocated(type(self)(inner, self.depth).script(_EMPTY), offsets, text)
        else:
            self.at, self.end = start + 1, stop
            script = self.script(_EMPTY)
            self.end = outer
        self.depth -= 1
        self.at = min(stop + 1, outer)
        parts.append(Substitution("$", script, start, self.at, quoted))
