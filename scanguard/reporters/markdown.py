"""A comment for a pull request, or the summary of a job: tables in GitHub's Markdown, worst first.

Everything that comes from a file is text and nothing else: no mark-up, no mention, no link.
https://github.github.com/gfm/
"""

import re
from collections.abc import Iterator, Sequence

from scanguard.model.finding import Finding
from scanguard.model.report import Notification, Report
from scanguard.model.rule import Severity
from scanguard.reporters.details import details, fails, plural, worst_first
from scanguard.reporters.options import PLAIN, RenderOptions
from scanguard.reporters.terminal import Palette, visible
from scanguard.reporters.text import summary

DEFAULT_CATEGORY = "scanguard/dockerfile"
_HEAD = "| Severity | Place | Finding | Rule |\n|---|---|---|---|\n"
_CELL = 2_000
_NOTICE = 200
"""Room kept for saying what was left out."""
_WORDS = re.compile(r"(?i)(?<=:)(?=//)|(?<=www)(?=\.)|(?<=gh)(?=-\d)")
_SIGNS = {sign: f"\\{sign}" for sign in "\\`*_[]()~!|{}"}
_ESCAPES = str.maketrans(
    {**_SIGNS, "&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;&#8203;", "#": "&#35;&#8203;", '"': "&quot;"}
)


def render(report: Report, options: RenderOptions = PLAIN) -> str:
    """The report as Markdown of at most `options.room` bytes, ending with LF, with a notice where something is left out.

    The first line is a comment that nobody sees, the same for every report of one category: by it the comment on a pull
    request is found again and written anew instead of a second one. Suppressed findings are counted, not shown.
    """
    head = f"{marker(options.category)}\n## ScanGuard\n\n{escaped(summary(report, Palette(color=False)).strip())}\n"
    tail = f"\n<sub>ScanGuard {escaped(report.version)}, policy {escaped(report.policy)}</sub>\n"
    room = options.room - _size(head) - _size(tail) - 2 * _NOTICE
    serious = [one for one in report.notifications if one.level != "note"]
    told = _fitting(_notifications(serious), room // 3, "\n### Not everything was checked as asked\n\n", "notification")
    findings = worst_first(report.active)
    table = _fitting(_rows(findings, report.fail_on), room - _size(told), f"\n{_HEAD}", "finding")
    return head + told + table + tail


def marker(category: str | None) -> str:
    """The hidden line that marks the comments of one category."""
    name = re.sub(r"[^A-Za-z0-9/_.]+", "-", category or DEFAULT_CATEGORY).strip("-/")
    return f"<!-- scanguard-report: {name} -->"


def _fitting(rows: Iterator[str], room: int, head: str, noun: str) -> str:
    """The head and as many rows as there is room for, and how many more there are; empty where there are no rows."""
    kept: list[str] = []
    left = 0
    room -= _size(head)
    for row in rows:
        size = _size(row)
        if left or size > room:
            left += 1
        else:
            room -= size
            kept.append(row)
    if not kept and not left:
        return ""
    shown = head + "".join(kept) if kept else ""
    notice = f"\n_{plural(left, f'further {noun}')} left out for want of room; the other reports have all._\n"
    return shown + (notice if left else "")


def _rows(findings: Sequence[Finding], limit: Severity | None) -> Iterator[str]:
    for finding in findings:
        rule, severity = finding.rule, finding.severity.label
        word = f"**{severity}**" if fails(finding, limit) else severity
        lineless = finding.image and not finding.origin  # the place is for reports that must have one
        where = escaped(f"image {finding.image}" if lineless else f"{finding.uri}:{finding.region.start_line}")
        texts = (finding.message, *details(finding))
        yield f"| {word} | {where} | {_cell(texts)} | {escaped(rule.name)} {escaped(rule.id)} |\n"


def _notifications(notifications: Sequence[Notification]) -> Iterator[str]:
    for one in sorted(notifications, key=lambda one: one.level != "error"):
        line = "" if one.region is None else f":{one.region.start_line}"
        where = f"{escaped(one.uri + line)}: " if one.uri else ""
        yield f"- **{one.level}** {where}{escaped(one.message)}\n"


def _cell(texts: Sequence[str]) -> str:
    """Several texts in one cell of a table, each on its own line, bounded."""
    kept, room = [], _CELL
    for text in texts:
        if room <= 0:
            kept.append("…")
            break
        kept.append(escaped(text if len(text) <= room else f"{text[: room - 1]}…"))
        room -= len(text)
    return "<br>".join(kept)


def escaped(text: str) -> str:
    """Text that stays text: control and bidirectional characters visible, mark-up escaped.

    Behind `@`, `#`, `://` and the like stands a space without width: GitHub looks for mentions, issues and addresses
    after it has read the Markdown, where an escape does not keep it from finding them.
    """
    pieces = _WORDS.split(visible(text, unicode=True))
    return "&#8203;".join(piece.translate(_ESCAPES) for piece in pieces)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
