"""From lines of a file to lines of the language: continuations are joined, comments and blank lines taken out.

https://docs.docker.com/reference/dockerfile/#format
"""

from scanguard.dockerfile.nodes import Body, Comment, Word
from scanguard.model.location import Span

SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space as Go's `unicode.IsSpace` has it; `str.strip()` alone would take U+001C to U+001F too."""


_new = tuple.__new__  # what the constructors of named tuples come to: these are made by the thousand

ASCII_SPACES = "\t\n\v\f\r "
"""White space where BuildKit goes byte by byte."""

LONGEST_LINE = 65_535
"""The number of bytes that BuildKit takes in one line of the file."""


class Line:
    """A logical line: the text of one instruction, and where each part of it stands in the file.

    `text` has no outer blanks. `pieces` are as in `Body`; `base` is the offset of a line in one piece, else -1.
    `end` is the end of the last line of the file that belongs to it.
    """

    __slots__ = ("base", "end", "pieces", "text")

    def __init__(self, text: str, pieces: tuple[tuple[int, int], ...], end: int) -> None:
        self.text = text
        self.pieces = pieces
        self.end = end
        self.base = pieces[0][1] if len(pieces) == 1 else -1

    def span(self, start: int, end: int) -> Span:
        """The range of the file that holds `text[start:end]`; an empty range stands behind what precedes it."""
        base = self.base
        if base >= 0:
            return _new(Span, (base + start, base + end))
        if end > start or not start:
            return Body(self.text, self.pieces).span(start, end)
        place = Body(self.text, self.pieces).offset(start - 1) + 1
        return Span(place, place)

    def word(self, start: int, end: int) -> Word:
        """The word at `text[start:end]`."""
        return _new(Word, (self.text[start:end], self.span(start, end)))

    def body(self, start: int) -> Body:
        """What stands from `start` on."""
        if self.base >= 0:
            return Body(self.text[start:], ((0, self.base + start),))
        return Body(self.text[start:], cut(self.pieces, start))


def cut(pieces: tuple[tuple[int, int], ...], start: int) -> tuple[tuple[int, int], ...]:
    """The pieces of a text whose first `start` characters are dropped."""
    at = 0
    while at + 1 < len(pieces) and pieces[at + 1][0] <= start:
        at += 1
    here, there = pieces[at]
    return ((0, there + start - here), *[(here - start, there) for here, there in pieces[at + 1 :]])


class Reader:
    """Hands out the logical lines of a text from `at` on; notes the comments that it passes.

    `long` is the first line of the file that is longer than BuildKit takes.
    """

    __slots__ = ("at", "comments", "escape", "long", "text")

    def __init__(self, text: str, at: int, escape: str) -> None:
        self.text = text
        self.at = at
        self.escape = escape
        self.comments: list[Comment] = []
        self.long: Span | None = None

    def read(self) -> Line | None:
        """The next logical line, or None at the end of the file."""
        size = len(self.text)
        while self.at < size:
            start = self.at
            raw = self.physical()
            text = raw.lstrip(SPACES)
            if not text:
                continue
            at = start + len(raw) - len(text)
            if text[0] == "#":
                self._comment(text, at)
                continue
            bare = text.rstrip(" \t")
            if bare[-1] == self.escape and bare[-2:-1] != self.escape:
                return self._continued(bare[:-1], at, start + len(raw))
            return Line(text.rstrip(SPACES), ((0, at),), start + len(raw))
        return None

    def physical(self) -> str:
        """The next line of the file without its end; a CR before the LF belongs to the end."""
        start = self.at
        stop = self.text.find("\n", start)
        if stop < 0:
            stop = len(self.text)
        self.at = stop + 1
        if stop - start > LONGEST_LINE // 4 and len(self.text[start:stop].encode(errors="replace")) > LONGEST_LINE:
            self.long = self.long or Span(start, stop)
        return self.text[start:stop].rstrip("\r")

    def _comment(self, text: str, at: int) -> None:
        whole = text.rstrip(SPACES)
        self.comments.append(Comment(whole[1:].strip(SPACES), Span(at, at + len(whole))))

    def _continued(self, first: str, at: int, end: int) -> Line:
        """Join what follows; https://docs.docker.com/reference/dockerfile/#escape."""
        parts, pieces, length, more = [first], [(0, at)], len(first), True
        size, escape = len(self.text), self.escape
        while more and self.at < size:
            start = self.at
            raw = self.physical()
            end = start + len(raw)
            bare = raw.rstrip(" \t")
            text = bare.lstrip(SPACES)
            if not text:
                continue
            if text[0] == "#":
                self._comment(text, start + len(bare) - len(text))
                continue
            more = bare[-1] == escape and bare[-2:-1] != escape
            part = bare[:-1] if more else raw
            if part:
                parts.append(part)
                pieces.append((length, start))
                length += len(part)
        return _joined("".join(parts), tuple(pieces), end)


def _joined(text: str, pieces: tuple[tuple[int, int], ...], end: int) -> Line:
    bare = text.lstrip(SPACES)
    if not bare:
        return Line("", pieces[:1], end)
    lead = len(text) - len(bare)
    return Line(bare.rstrip(SPACES), cut(pieces, lead) if lead else pieces, end)
