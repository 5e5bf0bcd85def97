"""Workflow commands for GitHub Actions, which it shows as annotations on the lines of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
"""

from collections.abc import Iterator

from scanguard.model.finding import Finding
from scanguard.model.location import Region
from scanguard.model.report import Notification, Report
from scanguard.reporters.details import details, plural, worst_first
from scanguard.reporters.levels import SARIF_LEVEL
from scanguard.reporters.options import PLAIN, RenderOptions
from scanguard.reporters.terminal import Palette, visible
from scanguard.reporters.text import summary

LIMIT = 10
"""GitHub shows no more annotations of each kind of one step (and no more than 50 of a job)."""
_KIND = {"error": "error", "warning": "warning", "note": "notice"}
_MESSAGE_LIMIT = 4_000


def render(report: Report, _: RenderOptions = PLAIN) -> str:
    """One line for each annotation, worst first, then how many more there are, and the summary.

    Suppressed findings are left out. Every line is a command of ours or begins with a word of ours, and everything that
    stands in it is escaped: nothing of a scanned file can be a command.
    """
    room = dict.fromkeys(_KIND.values(), LIMIT)
    lines = []
    left: dict[str, int] = {}
    for kind, command in _commands(report):
        if room[kind]:
            room[kind] -= 1
            lines.append(command)
        else:
            left[kind] = left.get(kind, 0) + 1
    if left:
        words = ", ".join(plural(number, kind) for kind, number in left.items())
        lines.append(
            f"Not annotated: {words} more, since GitHub shows {LIMIT} of each kind; the other reports have all."
        )
    return "\n".join([*lines, f"ScanGuard: {summary(report, Palette(color=False))}"])


def _commands(report: Report) -> Iterator[tuple[str, str]]:
    """The kind and the command of everything there is to annotate; what kept an answer from being given goes first."""
    for notification in sorted(report.notifications, key=lambda one: list(_KIND).index(one.level)):
        if notification.level != "note":
            yield _KIND[notification.level], _notification(notification)
    for finding in worst_first(report.active):
        kind = _KIND[SARIF_LEVEL[finding.severity]]
        yield kind, _finding(kind, finding)


def _finding(kind: str, finding: Finding) -> str:
    rule = finding.rule
    title = f"{finding.severity.label}[{rule.name}] {rule.id}"
    uri = "" if finding.image and not finding.origin else finding.uri  # no Dockerfile, no line to annotate
    return _command(kind, uri, finding.region, title, (finding.message, *details(finding)))


def _notification(notification: Notification) -> str:
    title = "ScanGuard is incomplete" if notification.level == "error" else "ScanGuard"
    kind = _KIND[notification.level]
    return _command(kind, notification.uri, notification.region, title, (notification.message,))


def _command(kind: str, uri: str, region: Region | None, title: str, lines: tuple[str, ...]) -> str:
    """`::error file=…,line=…::message`; columns are told only of one line, since GitHub takes no others."""
    properties = [("file", uri)] if uri else []
    if uri and region is not None:
        properties += [("line", str(region.start_line)), ("endLine", str(region.end_line))]
        if region.start_line == region.end_line:
            last = max(region.start_column, region.end_column - 1)
            properties += [("col", str(region.start_column)), ("endColumn", str(last))]
    properties.append(("title", title))
    told = ",".join(f"{name}={_property(value)}" for name, value in properties)
    return f"::{kind} {told}::{'%0A'.join(map(_data, lines))}"


def _data(text: str) -> str:
    """A text on one line, the sign that begins an escape escaped; control characters are made visible."""
    return visible(text[:_MESSAGE_LIMIT], unicode=True).replace("%", "%25")


def _property(text: str) -> str:
    """The value of a property, in which a colon and a comma would end it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
