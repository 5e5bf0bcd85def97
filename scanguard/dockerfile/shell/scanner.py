"""The state of a parse and the smallest steps: blanks, line ends, the bodies of heredocs, notes of what went wrong."""

import re

from scanguard.dockerfile.shell.nodes import Script
from scanguard.model.lazily import finder, matcher

MAX_DEPTH = 30
_MAX_PROBLEMS = 50

_SPACE = re.compile(r"(?:[ \t]+|\\\n|\\\r\n|\r(?=\n))*(?:#[^\n]*)?").match
_REST_OF_LINE = matcher(r"(?:[^\n'\"\\ \t]+|[ \t]+(?:#[^\n]*)?|\\[\s\S]|'[^']*'|\"[^\"\\]*(?:\\[\s\S][^\"\\]*)*\")*")
_BALANCE = {
    ")": finder(r"[()]"),
    "}": finder(r"[{}]"),
}


class Scanner:
    """A place (`at`) in a text that is read up to `end`, and how deep the constructs around it are nested."""

    __slots__ = ("_after_bodies", "_line_end", "at", "depth", "end", "patience", "problems", "text")

    def __init__(self, text: str, depth: int = 0) -> None:
        self.text = text
        self.at = 0
        self.end = len(text)
        self.depth = depth
        self.patience = 4 * len(text) + 1000
        self.problems: list[tuple[str, int]] = []
        self._line_end = -1
        self._after_bodies = 0

    def note(self, message: str) -> None:
        """Remember what could not be understood here."""
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append((message, min(self.at, self.end)))

    def blanks(self) -> None:
        """Go to the next token of this line, over blanks, continued lines and a comment."""
        at = self.at
        if at < self.end and self.text[at] in " \t\\\r#":
            match = _SPACE(self.text, at, self.end)
            if match:
                self.at = match.end()

    def linebreak(self) -> None:
        """Go to the next token, over line ends too."""
        text, end = self.text, self.end
        while True:
            self.blanks()
            if self.at >= end or text[self.at] != "\n":
                return
            self.newline()

    def newline(self) -> None:
        """Go over the line end here, and over the bodies of the heredocs that begin after it."""
        if self.at == self._line_end:
            self.at = min(max(self._after_bodies, self.at + 1), self.end)
        else:
            self.at += 1

    def body(self, name: str, *, chomp: bool) -> tuple[int, int]:
        """Where the body of a heredoc stands whose operator ends here."""
        if self._line_end < self.at:
            match = _REST_OF_LINE(self.text, self.at, self.end)
            found = self.text.find("\n", match.end() if match else self.at, self.end)
            self._line_end = found if found >= 0 else self.end
            self._after_bodies = self._line_end + 1
        start = min(self._after_bodies, self.end)
        stop, self._after_bodies = self._closing_line(start, name, chomp=chomp)
        return start, stop

    def _closing_line(self, at: int, name: str, *, chomp: bool) -> tuple[int, int]:
        """Where the line that closes a heredoc begins, and where the next one does."""
        text, end = self.text, self.end
        while at < end:
            stop = text.find("\n", at, end)
            stop = end if stop < 0 else stop
            line = text[at:stop].rstrip("\r")
            if (line.lstrip("\t") if chomp else line) == name:
                return at, stop + 1
            at = stop + 1
        self.note(f"no line closes the heredoc '{name}'")
        return end, end + 1

    def skip_balanced(self, opener: str, closer: str) -> None:
        """Go behind the `closer` that belongs to an `opener` before this place, or to the end. Quotes are not seen."""
        level = 1
        for match in _BALANCE[closer](self.text, self.at, self.end):
            level += 1 if match[0] == opener else -1
            if not level:
                self.at = match.end()
                return
        self.at = self.end

    def script(self, stops: frozenset[str]) -> Script:
        """Commands up to a word or a mark of `stops`, which is left where it is."""
        raise NotImplementedError
