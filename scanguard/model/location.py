"""Places in a text: an offset range while we work, lines and columns when we tell."""

from bisect import bisect_right

from scanguard.model.record import NamedTuple


class Span(NamedTuple):
    """A half-open range of offsets, in Unicode code points, into the text of one file."""

    start: int
    end: int


class Region(NamedTuple):
    """A span as people and SARIF see it: lines and columns count from 1, the end column is exclusive."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int

    def meets(self, other: "Region") -> bool:
        """Whether both have a line in common."""
        return self.start_line <= other.end_line and other.start_line <= self.end_line


class Source:
    """The text of one file and its place in the repository.

    `uri` is relative to the repository's root and uses `/`; `text` has had a byte order mark removed and nothing
    else, so that offsets, lines and columns are those of the file on disk. `source[span]` gives the text back.
    """

    __slots__ = ("_starts", "text", "uri")

    def __init__(self, uri: str, text: str) -> None:
        self.uri = uri
        self.text = text
        self._starts: list[int] | None = None

    def __getitem__(self, span: Span) -> str:
        return self.text[span.start : span.end]

    @property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin; lines end with LF (a CR before it belongs to the line)."""
        if self._starts is None:
            starts = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
            self._starts = starts
        return self._starts

    def line_of(self, offset: int) -> int:
        """The line, from 1, that holds this offset."""
        return bisect_right(self.line_starts, offset)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end."""
        starts = self.line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def region(self, span: Span) -> Region:
        """The span in lines and columns."""
        starts = self.line_starts
        first = bisect_right(starts, span.start)
        last = bisect_right(starts, span.end)
        return Region(first, span.start - starts[first - 1] + 1, last, span.end - starts[last - 1] + 1)
