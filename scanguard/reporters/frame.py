"""The code frame: the lines of a finding, the offending columns marked, secrets masked, long lines clipped."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from scanguard.model.location import Region, Span
from scanguard.model.record import NamedTuple
from scanguard.reporters.redact import MASK, RedactedText
from scanguard.reporters.terminal import COMMAND, Palette, escape

_TAB = 4
_SHOWN_LINES = 4
"""A region of more lines is shown by its first lines, an ellipsis and its last line."""
_AROUND = 8
"""Columns kept to the left of an offending place that is too far right to show the line from its start."""
_ODD = r"[^\x20-\x7e]"


class Glyphs(NamedTuple):
    """The few characters that draw frames and trees."""

    bar: str
    branch: str
    last: str
    corner: str
    end: str
    dash: str
    ellipsis: str


UNICODE = Glyphs(bar="│", branch="├─", last="╰─", corner="╭", end="╰", dash="─", ellipsis="…")
ASCII = Glyphs(bar="|", branch="|-", last="`-", corner="/", end="|", dash="_", ellipsis="...")


class _Line(NamedTuple):
    """A line as it is shown: `cells[i]` stands for the i-th code point, `edges[i]` is the column where that begins."""

    cells: Sequence[str]
    edges: Sequence[int]
    secrets: Sequence[Span]
    first: int
    cut_left: bool
    cut_right: bool

    def column(self, offset: int, *, end: bool) -> int:
        """Where an offset into the file's text is shown; one inside a secret moves to the edge of the mask."""
        for secret in self.secrets:
            if secret.start < offset < secret.end:
                offset = secret.end if end else secret.start
        return self.edges[min(max(offset - self.first, 0), len(self.cells))]


class FrameWriter:
    """Draws code frames in one style; `width` is that of the whole terminal."""

    def __init__(self, palette: Palette, *, unicode: bool, width: int) -> None:
        self.palette = palette
        self.unicode = unicode
        self.width = max(width, 40)
        self.glyphs = UNICODE if unicode else ASCII

    def draw(self, text: RedactedText, region: Region, gutter: int, mark: str) -> list[str]:
        """The lines of the frame; none where the region is not in the text. `mark` is the colour code of the carets."""
        if not 1 <= region.start_line <= region.end_line <= len(text.source.line_starts):
            return []
        start = text.source.line_starts[region.start_line - 1] + region.start_column - 1
        end = text.source.line_starts[region.end_line - 1] + region.end_column - 1
        last = region.end_line
        if last > region.start_line and region.end_column == 1:
            last -= 1
            end = text.line_bounds(last)[1]
        if last > region.start_line:
            body = self._lines(text, region.start_line, last, Span(start, end), gutter, mark)
        else:
            body = self._one_line(text, last, Span(start, end), gutter, mark)
        before = self._context(text, region.start_line - 1, gutter, last > region.start_line)
        after = self._context(text, last + 1, gutter, last > region.start_line)
        return [*before, *body, *after]

    def row(self, gutter: int, number: str, content: str) -> str:
        """One row of the frame: a number or nothing, the bar, and what stands there."""
        return f"{self.palette.dim(f'{number:>{gutter}} {self.glyphs.bar}')} {content}".rstrip()

    def _context(self, text: RedactedText, number: int, gutter: int, indented: bool) -> list[str]:
        """The line beside the region, in the background; nothing where it is blank or absent."""
        if not 1 <= number <= text.line_count:
            return []
        start, _ = text.line_bounds(number)
        shown, _, _ = self._clip(self._lay_out(text, number, start), start, start, gutter + 5)
        if not shown.strip():
            return []
        return [self.row(gutter, str(number), self.palette.dim("  " + shown if indented else shown))]

    def _one_line(self, text: RedactedText, number: int, span: Span, gutter: int, mark: str) -> list[str]:
        """A line and the carets beneath it; an empty span gets one caret."""
        line = self._lay_out(text, number, span.start)
        shown, start, end = self._clip(line, span.start, span.end, gutter + 3)
        carets = " " * start + self.palette.paint(mark, "^" * max(end - start, 1))
        return [self.row(gutter, str(number), shown), self.row(gutter, "", carets)]

    def _lines(self, text: RedactedText, first: int, last: int, span: Span, gutter: int, mark: str) -> list[str]:
        """A region of several lines, held by a bracket whose arms point at its first and its last column."""
        glyphs, paint = self.glyphs, self.palette.paint
        numbers = list(range(first, last + 1))
        if len(numbers) > _SHOWN_LINES:
            numbers[_SHOWN_LINES - 1 : -1] = [0]
        rows = []
        for number in numbers:
            if not number:
                more = f"{glyphs.ellipsis} {last - first + 1 - _SHOWN_LINES} more lines"
                rows.append(self.row(gutter, "", f"{paint(mark, glyphs.bar)} {self.palette.dim(more)}"))
                continue
            at = span.start if number == first else span.end if number == last else text.line_bounds(number)[0]
            shown, column, _ = self._clip(self._lay_out(text, number, at), at, at, gutter + 5)
            arm = glyphs.bar
            if number == first and not shown[:column].strip():
                arm = glyphs.corner
            elif number == first:
                rows.append(self.row(gutter, "", paint(mark, glyphs.corner + glyphs.dash * (column + 1) + "v")))
            rows.append(self.row(gutter, str(number), f"{paint(mark, arm)} {shown}"))
            if number == last:
                rows.append(self.row(gutter, "", paint(mark, glyphs.end + glyphs.dash * max(column, 1) + "^")))
        return rows

    def _lay_out(self, text: RedactedText, number: int, focus: int) -> _Line:
        """The part of a line that could be shown around an offset: bounded, however long the line is."""
        start, end = text.line_bounds(number)
        first = max(start, min(focus, end) - 2 * self.width)
        stop = min(end, max(focus, start) + 3 * self.width)
        line = text.source.text[first:stop]
        secrets = text.secrets_within(first, stop)
        cut = (first > start, stop < end)
        if not secrets and line.isascii() and line.isprintable() and "##" not in line:
            return _Line(line, range(len(line) + 1), (), first, *cut)
        cells = self._cells(line, [Span(secret.start - first, secret.end - first) for secret in secrets])
        plain = all(map(str.isascii, cells))
        edges = [0, *accumulate(map(len if plain else _width, cells))]
        return _Line(cells, edges, secrets, first, *cut)

    def _cells(self, line: str, secrets: list[Span]) -> list[str]:
        """What is shown for each code point: itself, an escape, spaces for a tab, one mask for a whole secret."""
        cells = list(line)
        for odd in re.finditer(_ODD, line):
            cells[odd.start()] = escape(odd[0], unicode=self.unicode)
        for match in re.finditer(COMMAND, line):
            cells[match.end() - 1] = "\\x5b"
        for secret in secrets:
            cells[secret.start : secret.end] = [MASK, *[""] * (secret.end - secret.start - 1)]
        if "\t" in line:
            column = 0
            for index, cell in enumerate(cells):
                if cell == "\\t":
                    cell = cells[index] = " " * (_TAB - column % _TAB)
                column += _width(cell)
        return cells

    def _clip(self, line: _Line, start: int, end: int, used: int) -> tuple[str, int, int]:
        """The part of a line that fits beside what is `used`, and the columns in it where the span begins and ends."""
        room, edges, dots = self.width - used, line.edges, self.glyphs.ellipsis
        left, right = line.column(start, end=False), line.column(max(end, start), end=True)
        if edges[-1] <= room and not line.cut_left and not line.cut_right:
            return "".join(line.cells), left, right
        begin = 0
        if right + len(dots) > room:
            begin = max(0, min(left - _AROUND, right + _AROUND - room))
        head = dots if begin or line.cut_left else ""
        tail = dots if begin + room < edges[-1] or line.cut_right else ""
        low = bisect_left(edges, begin + len(head))
        high = max(low, bisect_right(edges, begin + room - len(tail)) - 1)
        shift = len(head) - edges[low]
        shown = head + "".join(line.cells[low:high]) + tail
        return shown, max(left, edges[low]) + shift, max(min(right, edges[high]), edges[low]) + shift


def _width(cell: str) -> int:
    """How many columns a cell takes: two for a wide character, none for a mark that combines with the one before."""
    if cell.isascii():
        return len(cell)
    from unicodedata import category, east_asian_width

    if category(cell) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(cell) in "WF" else 1
