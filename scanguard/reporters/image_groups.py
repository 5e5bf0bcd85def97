"""Findings of images for a reader: many on one line become one block with a table, and each image gets a line that sums up."""

import re
from collections.abc import Callable, Iterable, Sequence

from scanguard.model.finding import NO_LINE, OR_THIS, REMOVED, SAME_LAYER, Finding
from scanguard.model.record import NamedTuple
from scanguard.model.report import Report, ScannedImage
from scanguard.model.rule import Severity
from scanguard.reporters.details import other_lines
from scanguard.reporters.terminal import visible

_MOST = 50
_SENTENCE = re.compile(r"(?<=\.) (?=[A-Z])")
_HERE = " here."
_COLUMNS = frozenset({"package", "status", "CVSS", "known to be exploited"})
Paint = Callable[[Severity, str], str]


class Block(NamedTuple):
    """Findings that are shown together; `images` are all of which they are told, none where they are the Dockerfile's."""

    findings: tuple[Finding, ...]
    images: tuple[str, ...]


def blocks(findings: Iterable[Finding]) -> list[Block]:
    """The findings in order; those of one image, family, line and other lines that it may be stand in one block.

    Blocks of several images that say the same of a line are one.
    """
    made: dict[tuple[object, ...], list[Finding]] = {}
    for number, finding in enumerate(findings):
        family = (finding.image, finding.uri, finding.region, finding.rule.name, finding.origin, other_lines(finding))
        made.setdefault(family if finding.image else (number,), []).append(finding)
    told: dict[object, Block] = {}
    for key, group in made.items():
        image = group[0].image
        words = tuple(one._replace(image="") for one in group) if image and group[0].origin else key
        before = told[words].images if words in told else ()
        told[words] = Block(tuple(group), (*before, image) if image else ())
    return list(told.values())


def table(findings: Sequence[Finding], paint: Paint, *, unicode: bool) -> list[str]:
    """A row for each finding, worst first: severity, id, and what it says up to the origin that the head tells."""
    rows = sorted(findings, key=lambda one: (-one.severity, one.rule.id, one.key))
    shown = rows[:_MOST]
    widest = max(len(one.rule.id) for one in shown)
    told = _ending(rows)
    lines = []
    for one in shown:
        facts = ", ".join(_fact(name, value) for name, value in one.facts if name in _COLUMNS)
        words = facts or one.message.removesuffix(told)
        seen = _seen(one)
        label = paint(one.severity, f"{one.severity.label:<8}")
        row = f"{words.removesuffix('.')}{seen}" if seen else words
        lines.append(f"{label} {one.rule.id:<{widest}}  {visible(row, unicode=unicode)}")
    if len(rows) > len(shown):
        lines.append(f"… and {len(rows) - len(shown)} more" if unicode else f"... and {len(rows) - len(shown)} more")
    return lines


def _fact(name: str, value: str) -> str:
    """A fact in a row: packages speak for themselves."""
    return value if name == "package" else f"{name} {value}"


def head(block: Block) -> str:
    """What a block of many findings is, in place of a message."""
    first = block.findings[0]
    noun, names = named(block.images)
    whose = "its" if noun == "image" else "their"
    base = f" that {whose} base image brought" if first.origin == "base" else ""
    doubt = _unknown(block.findings) if first.origin == "unknown" else _doubt(first)
    return f"{len(block.findings)} findings in the {noun} {names}{base}{doubt}"


def _unknown(findings: Sequence[Finding]) -> str:
    """That no line is known for them, and why, where one reason holds for all."""
    reason = _ending(findings)
    return "; no line of the Dockerfile is known for them" + ("" if reason in ("", f" {NO_LINE}") else f".{reason}")


def _ending(findings: Sequence[Finding]) -> str:
    """The sentences after the first with which all messages end, where they are about the line; the head says it once."""
    if findings[0].origin == "exact":
        return ""
    messages = [_SENTENCE.split(one.message)[1:] for one in findings]
    shared: list[str] = []
    for sentences in zip(*map(reversed, messages), strict=False):
        if len(set(sentences)) > 1:
            break
        shared.insert(0, f" {sentences[0]}")
    return "".join(shared)


def named(images: Sequence[str]) -> tuple[str, str]:
    """`image` or `images`, and their names, each once."""
    names = tuple(dict.fromkeys(images))
    return "image" if len(names) == 1 else "images", ", ".join(names)


def _doubt(finding: Finding) -> str:
    """Which other lines may be the cause, where one was not told."""
    others = other_lines(finding)
    if finding.origin == "candidates":
        return f"; this line, or {ranges(others)}" if others else "; this line is likely, not certain"
    return f"; one layer with {ranges(others)}" if finding.origin == "span" and others else ""


def ranges(lines: Iterable[int]) -> str:
    """Ascending numbers, three and more that follow each other as a range: `8, 11 to 14`."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _seen(finding: Finding) -> str:
    """What a row says of the other lines that explain its finding: who removed the file, who copied it."""
    told = ""
    for place in finding.related:
        if place.message == REMOVED:
            told += f"; removed on line {place.region.start_line}"
        elif place.message.endswith(_HERE):
            what = place.message.removesuffix(_HERE)
            told += f"; {what[:1].lower()}{what[1:]} on line {place.region.start_line}"
        elif place.message not in (OR_THIS, SAME_LAYER):
            told += f"; see line {place.region.start_line}"
    return told


def image_lines(report: Report) -> list[str]:
    """For each image: what it is built on, and how many findings the base and the Dockerfile brought."""
    names = [image.name for image in report.images]
    where = "" if report.complete else " in what could be looked at"
    return [_image_line(image, where, alone=names.count(image.name) == 1) for image in report.images]


def _image_line(image: ScannedImage, where: str, *, alone: bool) -> str:
    """The line of an image; where another one has its name, with what it was asked for by, and its platform."""
    every = image.inherited + image.own + image.unknown
    name = image.name if alone else f"{image.name} ({image.reference}, {image.platform})"
    if not every:
        return f"image {name}: nothing found{where}"
    if not image.base:
        return f"image {name}: {every} found"
    line = f"image {name}: inherited from {image.base}: {image.inherited} of {every}; yours: {image.own}"
    return f"{line}; without a line: {image.unknown}" if image.unknown else line
