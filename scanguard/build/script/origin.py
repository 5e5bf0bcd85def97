"""Where the text of a script comes from: straight from the file, or put together from the words of another script."""

from bisect import bisect_right
from collections.abc import Iterable

from scanguard.dockerfile.shell.nodes import Literal, ShellWord
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

_new = tuple.__new__


class Origin:
    """A script's text. `span` maps a range of it to the file; `doubt` tells what a range of it owes to expansion.

    `ran` are the places of substitutions that an outer script has run already. `nested` says that `doubt` may matter.
    """

    __slots__ = ("ran", "text")
    nested = False

    def __init__(self, text: str) -> None:
        self.text = text
        self.ran: frozenset[int] = frozenset()

    def span(self, start: int, end: int) -> Span:
        """The range of the file that holds `text[start:end]`."""
        raise NotImplementedError

    def doubt(self, start: int, end: int) -> tuple[bool, tuple[str, ...]]:
        """Whether the range is known, and the names of the variables that went into it."""
        return True, ()


class FileText(Origin):
    """Text of the file itself; `pieces` as in `Body`. The piece of the last question is kept: words come in order."""

    __slots__ = ("_delta", "_high", "_low", "_pieces")

    def __init__(self, text: str, pieces: tuple[tuple[int, int], ...]) -> None:
        super().__init__(text)
        self._pieces = pieces or ((0, 0),)
        self._seek(0)

    def _seek(self, at: int) -> None:
        pieces = self._pieces
        index = max(bisect_right(pieces, at, key=_first) - 1, 0)
        self._low, there = pieces[index]
        self._high = pieces[index + 1][0] if index + 1 < len(pieces) else len(self.text) + 1
        self._delta = there - self._low

    def span(self, start: int, end: int) -> Span:
        """The range of the file that holds `text[start:end]`."""
        if self._low <= start < end <= self._high:
            delta = self._delta
            return _new(Span, (start + delta, end + delta))
        if not self._low <= start < self._high:
            self._seek(start)
        first = start + self._delta
        if end <= start:
            return Span(first, first)
        if end > self._high:
            self._seek(end - 1)
        return Span(first, end + self._delta)


class Fixed(Origin):
    """Text that has no place of its own: all of it stands at one span."""

    __slots__ = ("_doubt", "_span")
    nested = True

    def __init__(self, text: str, span: Span, *, known: bool, names: tuple[str, ...]) -> None:
        super().__init__(text)
        self._span = span
        self._doubt = known, names

    def span(self, start: int, end: int) -> Span:
        """The one span."""
        return self._span

    def doubt(self, start: int, end: int) -> tuple[bool, tuple[str, ...]]:
        """Whether the text is known, and its variables."""
        return self._doubt


class Piece(NamedTuple):
    """A part of an expanded word. `text` is None between two fields of `"$@"`; `split` says that blanks divide it."""

    text: str | None
    known: bool
    split: bool
    start: int
    end: int
    names: tuple[str, ...] = ()


class Derived(Origin):
    """Text put together from the pieces of words of an outer script: `sh -c "…$X…"`, `eval`, a heredoc for a shell."""

    __slots__ = ("_outer", "_pieces", "_starts")
    nested = True

    def __init__(self, outer: Origin, pieces: Iterable[Piece], ran: frozenset[int]) -> None:
        kept = [piece for piece in pieces if piece.text]
        super().__init__("".join([piece.text or " " for piece in kept]))
        self._outer = outer
        self._pieces = kept
        self._starts: list[int] = []
        at = 0
        done = []
        for piece in kept:
            self._starts.append(at)
            if piece.start in ran and not piece.known:
                done.append(at)
            at += len(piece.text or " ")
        self.ran = frozenset(done)

    def _between(self, start: int, end: int) -> tuple[int, int]:
        first = max(bisect_right(self._starts, start) - 1, 0)
        return first, max(bisect_right(self._starts, max(start, end - 1)) - 1, first)

    def span(self, start: int, end: int) -> Span:
        """The range of the file; for text that a variable brought, the place of that variable."""
        if not self._pieces:
            return self._outer.span(0, 0)
        first, last = self._between(start, end)
        low, high = self._pieces[first], self._pieces[last]
        begin = low.start + start - self._starts[first] if _exact(low) else low.start
        stop = high.start + end - self._starts[last] if _exact(high) else high.end
        return self._outer.span(begin, stop)

    def doubt(self, start: int, end: int) -> tuple[bool, tuple[str, ...]]:
        """Whether every piece in the range is known, and the variables of all of them."""
        if not self._pieces:
            return True, ()
        first, last = self._between(start, end)
        touched = self._pieces[first : last + 1]
        names = tuple(dict.fromkeys(name for piece in touched for name in piece.names))
        known, outer = self._outer.doubt(touched[0].start, touched[-1].end)
        return known and all(piece.known for piece in touched), (*names, *outer) if outer else names


def literal_pieces(word: ShellWord) -> list[Piece] | None:
    """The pieces of a word that is literal throughout, else None."""
    pieces = []
    for part in word.parts:
        if type(part) is not Literal:
            return None
        pieces.append(Piece(part.text, True, False, part.start, part.end))
    return pieces


def _exact(piece: Piece) -> bool:
    return piece.text is not None and len(piece.text) == piece.end - piece.start and not piece.names


def _first(piece: tuple[int, int]) -> int:
    return piece[0]
