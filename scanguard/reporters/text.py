"""What people read first: each finding on the line that causes it, how it got there, and one line that sums up.

Nothing heavy is imported here: `scanguard check` must feel instant.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanguard.model.finding import LEFT_OUT, Finding, Place
from scanguard.model.location import Region
from scanguard.model.report import ExitCode, Notification, Report
from scanguard.model.rule import Confidence, Severity
from scanguard.reporters.frame import FrameWriter
from scanguard.reporters.options import PLAIN, RenderOptions
from scanguard.reporters.redact import RedactedText
from scanguard.reporters.terminal import Palette, visible, visible_path

if TYPE_CHECKING:
    from scanguard.reporters.image_groups import Block

_COLORS = {
    Severity.CRITICAL: "1;97;41",
    Severity.HIGH: "1;31",
    Severity.MEDIUM: "1;33",
    Severity.LOW: "1;36",
    Severity.NOTE: "1;34",
}
_MARKS = _COLORS | {Severity.CRITICAL: "1;91"}
_LEVEL_COLORS = {"error": "1;31", "warning": "1;33", "note": "1;34"}


def render(report: Report, options: RenderOptions = PLAIN) -> str:
    """The report as text for a terminal or a log, ending with a line end.

    `options.color` adds ANSI colours, `unicode` allows characters beyond ASCII (without it there are none, whatever the files
    hold), `width` is where code frames are clipped. Suppressed findings are counted, not shown. No line begins with
    text from a scanned file, no escape sequence and no secret of one comes through.
    """
    palette = Palette(color=options.color)
    writer = _TextWriter(report, FrameWriter(palette, unicode=options.unicode, width=options.width))
    shown: dict[str, list[Finding]] = {}
    for finding in report.active:
        shown.setdefault(finding.uri, []).append(finding)
    blocks: list[str] = []
    for findings in shown.values():
        blocks.extend(writer.findings(findings))
    if report.notifications:
        blocks.append("".join(writer.notification(notification) for notification in report.notifications))
    blocks.append("".join([*_image_lines(report, unicode=options.unicode), summary(report, palette)]))
    return "\n".join(blocks)


class _TextWriter:
    """Writes findings and notifications of one report in one style."""

    def __init__(self, report: Report, frames: FrameWriter) -> None:
        self.frames = frames
        self.palette = frames.palette
        self.unicode = frames.unicode
        self.several = len({image.name for image in report.images}) > 1
        self.texts = {file.source.uri: RedactedText(file) for file in report.files}

    def findings(self, findings: list[Finding]) -> Iterator[str]:
        """The blocks of the findings of one file; what an image has many times on one line is one block."""
        if not any(finding.image for finding in findings):
            yield from map(self.finding, findings)
            return
        from scanguard.reporters.image_groups import blocks, named

        for block in blocks(findings):
            first = block.findings[0]
            if len(block.findings) > 1:
                yield self._block(block)
            elif self.several and first.origin:
                yield self.finding(first._replace(facts=(*first.facts, named(block.images))))
            else:
                yield self.finding(first)

    def _block(self, block: "Block") -> str:
        """Many findings of an image on one line: the line once, then a row for each."""
        from scanguard.reporters.image_groups import head, table

        findings = block.findings
        worst = max(findings, key=lambda one: one.severity)
        rows = [self._header(worst._replace(message=head(block), rule=worst.rule._replace(id="")))]
        gutter = _gutter(worst)
        text = self.texts.get(worst.uri)
        if text is not None:
            rows += self.frames.draw(text, worst.region, gutter, _MARKS[worst.severity])
        indent = " " * (gutter + 3)
        rows += [f"{indent}{row}" for row in table(findings, self._grade, unicode=self.unicode)]
        return "\n".join(rows) + "\n"

    def _grade(self, severity: Severity, text: str) -> str:
        return self.palette.paint(_COLORS[severity], text)

    def finding(self, finding: Finding) -> str:
        """The block of one finding: header, code frame, trace and related places."""
        rows = [self._header(finding)]
        text = self.texts.get(finding.uri)
        gutter = _gutter(finding)
        if text is not None:
            rows += self.frames.draw(text, finding.region, gutter, _MARKS[finding.severity])
        rows += self._tree(finding, gutter)
        return "\n".join(rows) + "\n"

    def notification(self, notification: Notification) -> str:
        """One line: where, how bad, what."""
        level = notification.level + (
            f"[{visible(notification.rule_id, unicode=False)}]" if notification.rule_id else ""
        )
        where = self._place(notification.uri, notification.region) if notification.uri else ""
        message = visible(notification.message, unicode=self.unicode)
        return f"{where}{self.palette.paint(_LEVEL_COLORS.get(notification.level, '1'), level)}: {message}\n"

    def _header(self, finding: Finding) -> str:
        """`path:line:column: severity[rule-name] ID message`."""
        rule, paint = finding.rule, self.palette.paint
        where, said = self._place(finding.uri, finding.region), finding.message
        if finding.image and not finding.origin:  # the place is for reports that must have one
            where, said = self._place(f"image {finding.image}", None), said.removesuffix(f" Image: {finding.image}.")
        word = paint(_COLORS[finding.severity], f"{finding.severity.label}[{rule.name}]")
        message = visible(said, unicode=self.unicode)
        doubt = "" if finding.confidence is Confidence.HIGH else f" ({finding.confidence.label} confidence)"
        return f"{where}{word} {self.palette.dim(rule.id) + ' ' if rule.id else ''}{message}{self.palette.dim(doubt)}"

    def _place(self, uri: str, region: Region | None) -> str:
        """`path:line:column: `, which editors and terminals make clickable."""
        where = visible_path(uri, unicode=self.unicode)
        if region is not None:
            where += f":{region.start_line}:{region.start_column}"
        return self.palette.bold(where) + ": "

    def _tree(self, finding: Finding, gutter: int) -> list[str]:
        """The trace as numbered steps, the related places and the facts, hung on the bar of the gutter."""
        digits = len(str(len(finding.trace)))
        steps = [(f"{number:>{digits}}. {_line(step)}", step.message) for number, step in enumerate(finding.trace, 1)]
        facts = ((f"{visible(name, unicode=self.unicode)}:", value) for name, value in _told(finding))
        entries = [*steps, *((f"see {_line(place)}", place.message) for place in finding.related), *facts]
        if not entries:
            return []
        glyphs, dim = self.frames.glyphs, self.palette.dim
        indent = " " * (gutter + 1)
        rows = [indent + dim(glyphs.bar)]
        for index, (label, text) in enumerate(entries, 1):
            glyph = glyphs.last if index == len(entries) else glyphs.branch
            rows.append(f"{indent}{dim(f'{glyph} {label}')} {visible(text, unicode=self.unicode)}")
        return rows


def _told(finding: Finding) -> Iterator[tuple[str, str]]:
    """The facts that the message does not hold already."""
    packages = sum(name == "package" for name, _ in finding.facts)
    for name, value in finding.facts:
        if name != "operating system" and (name != "package" or packages > 1):
            yield name, value


def _image_lines(report: Report, *, unicode: bool) -> list[str]:
    """One line for each image that was checked."""
    if not report.images:
        return []
    from scanguard.reporters.image_groups import image_lines

    return [f"{visible(line, unicode=unicode)}\n" for line in image_lines(report)]


def _line(place: Place) -> str:
    return f"line {place.region.start_line}:"


def _gutter(finding: Finding) -> int:
    """The width of the column of line numbers."""
    return max(3, len(str(finding.region.end_line + 1)))


def summary(report: Report, palette: Palette) -> str:
    """The last line: how many of what, in how many files (images, where no file was read), the verdict with its reason."""
    active = report.active
    parts = []
    if active:
        parts.append(f"{counts(active)} in {_where(report)}")
    elif report.complete:
        parts.append(palette.paint("1;32", "clean:") + f" nothing found in {_where(report)}")
    elif report.file_count or report.images:
        parts.append(f"nothing found in {_where(report)}")
    else:
        parts.append("nothing was checked")
    known = sum(finding.known for finding in report.findings) if report.baseline else 0
    left_out = sum(finding.suppressions == (LEFT_OUT,) for finding in report.findings) if report.images else 0
    suppressed = len(report.findings) - len(active) - known - left_out
    if report.baseline:
        parts.append(f"{len(active)} new, {known} known")
    if left_out:
        parts.append(f"{left_out} of the base left out")
    if suppressed:
        parts.append(f"{suppressed} suppressed")
    parts.append(_verdict(report, palette))
    return "; ".join(part for part in parts if part) + "\n"


def counts(findings: tuple[Finding, ...]) -> str:
    """`1 critical, 3 low`, worst first."""
    tally = dict.fromkeys(sorted(Severity, reverse=True), 0)
    for finding in findings:
        tally[finding.severity] += 1
    return ", ".join(f"{number} {severity.label}" for severity, number in tally.items() if number)


def _where(report: Report) -> str:
    """`2 of 14 files`, or `2 files` where no other was read, or nothing was found; the images where no file was read."""
    if report.images and not report.file_count:
        names = {finding.image for finding in report.active}
        hit, read, noun = sum(image.name in names for image in report.images), len(report.images), "image"
    else:
        hit, read, noun = len({finding.uri for finding in report.active}), report.file_count, "file"
    return f"{hit} of {_plural(read, noun)}" if 0 < hit < read else _plural(hit or read, noun)


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _verdict(report: Report, palette: Palette) -> str:
    """What the run comes to and why; empty for a clean run, which needs no more words."""
    verdict = report.verdict
    limit = "" if report.fail_on is None else report.fail_on.label
    worse = limit if report.fail_on is Severity.CRITICAL else f"{limit} or worse"
    if verdict is ExitCode.INCOMPLETE:
        errors = sum(notification.level == "error" for notification in report.notifications)
        words = palette.paint("1;31", f"incomplete: {_plural(errors, 'error')} above")
    elif verdict is ExitCode.GATE_FAILED:
        words = palette.paint("1;31", f"fails on {worse}")
    elif not report.active:
        return ""
    else:
        words = palette.paint("1;32", f"passes, nothing is {worse}" if limit else "passes, no severity fails the run")
    overridden = report.exit_zero and verdict is not ExitCode.OK
    return f"{words} (exit code 0 by --exit-zero)" if overridden else words
