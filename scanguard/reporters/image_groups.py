"""Findings of images for a reader: many on one line become one block with a table, and each image gets a line that sums up."""

from collections.abc import Callable, Iterable

from scanguard.model.finding import Finding
from scanguard.model.report import Report, ScannedImage
from scanguard.model.rule import Severity
from scanguard.reporters.terminal import visible

_MOST = 50
_COLUMNS = frozenset({"package", "status", "CVSS", "known to be exploited"})
Paint = Callable[[Severity, str], str]


def groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings in order; those of one image, line, family and certainty of the line follow each other in one group."""
    made: dict[tuple[object, ...], list[Finding]] = {}
    for number, finding in enumerate(findings):
        family = (finding.image, finding.uri, finding.region, finding.rule.name, finding.origin)
        made.setdefault(family if finding.image else (number,), []).append(finding)
    return list(made.values())


def table(findings: list[Finding], paint: Paint, *, unicode: bool) -> list[str]:
    """A row for each finding, worst first: severity, id, and what it says up to the origin that the head tells."""
    rows = sorted(findings, key=lambda one: (-one.severity, one.rule.id, one.key))
    shown = rows[:_MOST]
    widest = max(len(one.rule.id) for one in shown)
    lines = []
    for one in shown:
        facts = ", ".join(_fact(name, value) for name, value in one.facts if name in _COLUMNS) or one.message
        label = paint(one.severity, f"{one.severity.label:<8}")
        lines.append(f"{label} {one.rule.id:<{widest}}  {visible(facts, unicode=unicode)}")
    if len(rows) > len(shown):
        lines.append(f"… and {len(rows) - len(shown)} more" if unicode else f"... and {len(rows) - len(shown)} more")
    return lines


def _fact(name: str, value: str) -> str:
    """A fact in a row: packages speak for themselves."""
    return value if name == "package" else f"{name} {value}"


def head(findings: list[Finding]) -> str:
    """What a group is, in place of a message."""
    first = findings[0]
    base = " that its base image brought" if first.origin == "base" else ""
    return f"{len(findings)} findings in the image {first.image}{base}"


def image_lines(report: Report) -> list[str]:
    """For each image: what it is built on, and how many findings the base and the Dockerfile brought."""
    names = [image.name for image in report.images]
    return [_image_line(image, alone=names.count(image.name) == 1) for image in report.images]


def _image_line(image: ScannedImage, *, alone: bool) -> str:
    """The line of an image; where another one has its name, with what it was asked for by, and its platform."""
    every = image.inherited + image.own + image.unknown
    name = image.name if alone else f"{image.name} ({image.reference}, {image.platform})"
    if not every:
        return f"image {name}: nothing found"
    if not image.base:
        return f"image {name}: {every} found"
    line = f"image {name}: inherited from {image.base}: {image.inherited} of {every}; yours: {image.own}"
    return f"{line}; without a line: {image.unknown}" if image.unknown else line
