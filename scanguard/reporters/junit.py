"""JUnit XML, which nearly every CI system shows: a suite for each file, a test case for each finding.

The dialect is the one that Jenkins and GitLab read: https://github.com/testmoapp/junitxml.
"""

from collections.abc import Iterator

from scanguard.model.finding import Finding
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, Report
from scanguard.model.rule import Severity
from scanguard.reporters.details import details, fails
from scanguard.reporters.options import PLAIN, RenderOptions
from scanguard.reporters.terminal import visible

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_RUN = "ScanGuard"
"""The suite of what belongs to no file."""


class _Case(NamedTuple):
    """A test case: `kind` is `failure`, `error`, `skipped` or empty for a passed one."""

    name: str
    kind: str = ""
    message: str = ""
    body: tuple[str, ...] = ()
    severity: str = ""
    line: int = 0


_CLEAN = _Case("nothing found")


def render(report: Report, _: RenderOptions = PLAIN) -> str:
    """The report as XML ending with LF. Findings that fail the gate are failures, suppressed ones skipped, others passed.

    What kept a target or a check from giving an answer is an error. A file without findings is one passed test case, so
    that a clean run is not an empty one.
    """
    suites: dict[str, list[_Case]] = {file.uri: [] for file in report.read}
    for finding in report.findings:
        suites.setdefault(finding.uri, []).append(_of_finding(finding, report.fail_on))
    for notification in report.notifications:
        if notification.level == "error":
            suites.setdefault(notification.uri or _RUN, []).append(_of_error(notification))
    cased = {uri: cases or [_CLEAN] for uri, cases in sorted(suites.items())}
    blocks = [_suite(uri, cases) for uri, cases in cased.items()]
    totals = _counts([case for cases in cased.values() for case in cases])
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{_RUN}" {totals} time="0">\n'
    return head + "".join(blocks) + "</testsuites>\n"


def _of_finding(finding: Finding, limit: Severity | None) -> _Case:
    rule = finding.rule
    name = f"{rule.id} {rule.name}: {finding.message}"
    place = f"{finding.uri}:{finding.region.start_line}:{finding.region.start_column}"
    body = (f"{place}: {finding.severity.label}", *(f"- {line}" for line in details(finding)))
    kind, message = ("failure", finding.message) if fails(finding, limit) else ("", "")
    if finding.suppressions:
        kind, message = "skipped", "; ".join(f"{one.kind}: {one.justification}" for one in finding.suppressions)
    return _Case(name, kind, message, body, finding.severity.label, finding.region.start_line)


def _of_error(notification: Notification) -> _Case:
    line = 0 if notification.region is None else notification.region.start_line
    name = f"complete: {notification.message}"
    return _Case(name, "error", notification.message, (notification.message,), "incomplete", line)


def _suite(uri: str, cases: list[_Case]) -> str:
    rows = "".join(_rows(uri, cases))
    return f'  <testsuite name="{_attribute(uri)}" {_counts(cases)} time="0">\n{rows}  </testsuite>\n'


def _counts(cases: list[_Case]) -> str:
    kinds = [case.kind for case in cases]
    told = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
    return f'tests="{len(kinds)}" ' + " ".join(f'{name}="{kinds.count(kind)}"' for name, kind in told)


def _rows(uri: str, cases: list[_Case]) -> Iterator[str]:
    """The test cases of one suite; equal names are numbered, since CI systems would show one of them."""
    seen: dict[str, int] = {}
    for case in cases:
        count = seen[case.name] = seen.get(case.name, 0) + 1
        name = case.name if count == 1 else f"{case.name} ({count})"
        line = f' line="{case.line}"' if case.line else ""
        where = _attribute(uri)
        yield f'    <testcase classname="{where}" name="{_attribute(name)}" file="{where}"{line} time="0"'
        yield f">\n{_inside(case)}    </testcase>\n" if case.body else "/>\n"


def _inside(case: _Case) -> str:
    text = "\n".join(_attribute(line) for line in case.body)
    message = _attribute(case.message)
    if case.kind == "skipped":
        return f'      <skipped message="{message}"/>\n'
    if case.kind:
        return f'      <{case.kind} type="{case.severity}" message="{message}">{text}</{case.kind}>\n'
    return f"      <system-out>{text}</system-out>\n"


def _attribute(text: str) -> str:
    """A text that is legal in XML 1.0, on one line: control, bidirectional and unpaired characters are made visible."""
    return visible(text, unicode=True).translate(_ESCAPES)
