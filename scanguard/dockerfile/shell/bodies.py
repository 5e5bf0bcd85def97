"""The texts of heredocs.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_07_04
"""

from scanguard.dockerfile.shell.nodes import Literal, Part, ShellWord
from scanguard.dockerfile.shell.words import Words
from scanguard.model.lazily import matcher

_BODY_RUN = matcher(r"[^$`\\\n]*\n|[^$`\\\n]+")
_ESCAPED_IN_BODY = frozenset("$`\\\n")


class Bodies(Words):
    """Reads the body of a heredoc as a word."""

    __slots__ = ()

    def heredoc_body(self, start: int, stop: int, *, expand: bool, chomp: bool) -> ShellWord:
        """The text of a heredoc as a word; `chomp` takes the tabs at the beginning of its lines away."""
        text = self.text
        parts: list[Part] = []
        if not expand and not chomp:
            parts.append(Literal(text[start:stop], start, stop, True))
        else:
            back, outer = self.at, self.end
            self.at, self.end = start, stop
            self._body_pieces(parts, expand=expand, chomp=chomp)
            self.at, self.end = back, outer
        return ShellWord(text[start:stop], tuple(parts), start, stop)

    def _body_pieces(self, parts: list[Part], *, expand: bool, chomp: bool) -> None:
        text, end = self.text, self.end
        at_line_start = True
        while self.at < end:
            while chomp and at_line_start and self.at < end and text[self.at] == "\t":
                self.at += 1
            at_line_start = False
            at = self.at
            if expand:
                match = _BODY_RUN(text, at, end)
                stop = match.end() if match else at
            else:
                stop = text.find("\n", at, end) + 1 or end
            if stop > at:
                self.at = stop
                parts.append(Literal(text[at:stop], at, stop, True))
                at_line_start = text[stop - 1] == "\n"
            elif at < end:
                self.inside(text[at], parts, _ESCAPED_IN_BODY)
