"""The text of a scanned file with every secret in it replaced: the only way by which file contents reach a report."""

from bisect import bisect_right

from scanguard.model.location import Source, Span
from scanguard.model.report import ScannedFile

MASK = "***"


class RedactedText:
    """A file's text whose secrets cannot be read: slices come out with `***` in their place.

    The number of stars says nothing about the length of the secret. A secret over several lines is masked on each.
    """

    __slots__ = ("_starts", "secrets", "source")

    def __init__(self, file: ScannedFile) -> None:
        self.source: Source = file.source
        self.secrets: list[Span] = _merged(file.secrets)
        self._starts = [span.start for span in self.secrets]

    def secrets_within(self, start: int, end: int) -> list[Span]:
        """The parts of secrets that lie in this range of offsets, in order, none of them empty."""
        found = []
        for index in range(max(0, bisect_right(self._starts, start) - 1), len(self.secrets)):
            secret = self.secrets[index]
            if secret.start >= end:
                break
            part = Span(max(secret.start, start), min(secret.end, end))
            if part.start < part.end:
                found.append(part)
        return found

    def slice(self, start: int, end: int) -> str:
        """The text between two offsets with secrets masked; line ends inside a secret are kept."""
        text = self.source.text
        pieces = []
        for secret in self.secrets_within(start, end):
            pieces.append(text[start : secret.start])
            pieces.append(_masked(text[secret.start : secret.end]))
            start = secret.end
        pieces.append(text[start:end])
        return "".join(pieces)

    def line_bounds(self, number: int) -> tuple[int, int]:
        """The offsets at which a line, counted from 1, begins and ends, its line end left out."""
        starts = self.source.line_starts
        text = self.source.text
        end = starts[number] if number < len(starts) else len(text)
        while end > starts[number - 1] and text[end - 1] in "\r\n":
            end -= 1
        return starts[number - 1], end

    @property
    def line_count(self) -> int:
        """How many lines there are to show: a last line end does not begin another line."""
        starts = self.source.line_starts
        return len(starts) - (len(starts) > 1 and starts[-1] == len(self.source.text))


def _merged(secrets: tuple[Span, ...]) -> list[Span]:
    """The spans in order, overlapping ones joined, so that no edge of one shows through another."""
    merged: list[Span] = []
    for span in sorted(secrets):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif span.start < span.end:
            merged.append(span)
    return merged


def _masked(secret: str) -> str:
    """Stars for a secret, one mask a line, so that line numbers stay true."""
    if "\n" not in secret:
        return MASK
    return "\n".join(MASK if line else "" for line in secret.split("\n"))
