"""Places in scanned files as SARIF locations: encoded URIs, regions, and snippets with secrets masked."""

from typing import Any

from scanguard.model.fingerprint import line_hashes
from scanguard.model.location import Region
from scanguard.model.report import Excerpt, ReadFile, Report
from scanguard.reporters.redact import RedactedText
from scanguard.reporters.sarif.objects import om
from scanguard.reporters.uris import encode

BASE = "%SRCROOT%"
_CONTEXT_LINES = 2
_SNIPPET_LIMIT = 4_096
"""Longer snippets are left out: a file can be one line of many megabytes."""


class Places:
    """Makes locations in the files of one report; each file is indexed once.

    What a report that was read shows of a place stands in for the text of a file that is not at hand.
    """

    def __init__(self, report: Report) -> None:
        self._read: tuple[ReadFile, ...] = report.read
        self._texts = {file.source.uri: RedactedText(file) for file in report.files}
        self._index = {file.uri: index for index, file in enumerate(self._read)}
        self._hashes: dict[str, list[str]] = {}
        self._excerpts = {(one.uri, one.region): one for one in report.excerpts}
        self._locations: dict[str, Any] = {}

    def location(
        self, uri: str, region: Region | None, number: int = -1, message: str = "", *, context: bool = False
    ) -> Any:
        """A location; `number` is its id within the result, `message` says what happens there; `context` adds lines."""
        return om.Location(
            id=number,
            message=om.Message(text=message) if message else None,
            physical_location=self._physical(uri, region, context),
        )

    def artifact_location(self, uri: str) -> Any:
        """The file, relative to the root of the sources, with its index in `artifacts` where it was read."""
        location = self._locations.get(uri)
        if location is None:
            encoded = encode(uri)
            location = self._locations[uri] = om.ArtifactLocation(
                uri=encoded,
                uri_base_id=None if encoded.startswith("file:") else BASE,
                index=self._index.get(uri, -1),
            )
        return location

    def line_hash(self, uri: str, region: Region) -> str | None:
        """GitHub's hash of a region's first line, None where nobody knows it."""
        text = self._texts.get(uri)
        line = region.start_line
        if text is None:
            known = self._excerpts.get((uri, region))
            return None if known is None else known.line_hash or None
        hashes = self._hashes.get(uri)
        if hashes is None:
            hashes = self._hashes[uri] = line_hashes(text.source)
        return hashes[line - 1] if line <= len(hashes) else None

    def artifacts(self) -> list[Any]:
        """The files that were read, with their digests where known."""
        return [
            om.Artifact(
                location=self.artifact_location(file.uri),
                roles=["analysisTarget"],
                hashes={"sha-256": file.sha256} if file.sha256 else None,
            )
            for file in self._read
        ]

    def _physical(self, uri: str, region: Region | None, with_context: bool) -> Any:
        text = self._texts.get(uri)
        bounds = None if text is None or region is None else _bounds(text, region)
        snippet = context = None
        if text is not None and region is not None and bounds is not None:
            snippet = _snippet(text, *bounds)
            context = _context(text, region, *bounds) if with_context else None
        elif text is None and region is not None and (uri, region) in self._excerpts:
            snippet, context = _quoted(self._excerpts[uri, region], with_context)
        return om.PhysicalLocation(
            artifact_location=self.artifact_location(uri),
            region=None if region is None else _region(region, snippet),
            context_region=context,
        )


def _region(region: Region, snippet: Any) -> Any:
    return om.Region(
        start_line=region.start_line,
        start_column=region.start_column,
        end_line=region.end_line,
        end_column=region.end_column,
        snippet=snippet,
    )


def _bounds(text: RedactedText, region: Region) -> tuple[int, int] | None:
    """The offsets of a region, None where the text does not have it."""
    starts = text.source.line_starts
    if not 1 <= region.start_line <= region.end_line <= len(starts):
        return None
    start = starts[region.start_line - 1] + region.start_column - 1
    end = starts[region.end_line - 1] + region.end_column - 1
    return (start, end) if start <= end <= len(text.source.text) else None


def _snippet(text: RedactedText, start: int, end: int) -> Any:
    """The text between two offsets, secrets masked; None where there is none or too much of it."""
    if not 0 < end - start <= _SNIPPET_LIMIT:
        return None
    return om.ArtifactContent(text=text.slice(start, end))


def _quoted(excerpt: Excerpt, with_context: bool) -> tuple[Any, Any]:
    """The snippet and the context region of a place whose file is not at hand."""
    snippet = om.ArtifactContent(text=excerpt.snippet) if excerpt.snippet else None
    if not with_context or not excerpt.context:
        return snippet, None
    first, last = excerpt.lines
    return snippet, om.Region(start_line=first, end_line=last, snippet=om.ArtifactContent(text=excerpt.context))


def _context(text: RedactedText, region: Region, start: int, end: int) -> Any:
    """Whole lines around a region; None where they hold no more than the region (3.29.5) or are too long."""
    first = max(1, region.start_line - _CONTEXT_LINES)
    last = max(region.end_line, min(text.line_count, region.end_line + _CONTEXT_LINES))
    begin, stop = text.line_bounds(first)[0], max(text.line_bounds(last)[1], end)
    snippet = _snippet(text, begin, stop)
    if snippet is None or (begin == start and stop == end):
        return None
    return om.Region(start_line=first, end_line=last, snippet=snippet)
