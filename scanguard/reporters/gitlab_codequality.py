"""GitLab's Code Quality report, which every tier shows in merge requests.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from collections.abc import Iterable, Iterator

from scanguard.model.fingerprint import fingerprint
from scanguard.model.report import Report
from scanguard.model.rule import Severity
from scanguard.reporters.details import worst_first
from scanguard.reporters.jsontext import dumps
from scanguard.reporters.options import PLAIN, RenderOptions

_SEVERITY = {
    Severity.NOTE: "info",
    Severity.LOW: "minor",
    Severity.MEDIUM: "major",
    Severity.HIGH: "critical",
    Severity.CRITICAL: "blocker",
}

JSON = dict[str, object]


def render(report: Report, _: RenderOptions = PLAIN) -> str:
    """The report as a JSON array, one issue a line, worst first, ending with LF; suppressed findings are left out.

    What kept a target or a check from giving an answer is an issue too: the widget has no other place for it.
    """
    return dumps(list(_distinct([*_errors(report), *_issues(report)])), depth=1)


def _issues(report: Report) -> Iterator[JSON]:
    for finding in worst_first(report.active):
        image = f" (image {finding.image})" if finding.image else ""
        lines = {"begin": finding.region.start_line, "end": finding.region.end_line}
        yield _issue(
            f"{finding.message}{image}",
            finding.rule.name,
            fingerprint(finding),
            _SEVERITY[finding.severity],
            finding.uri,
            lines,
        )


def _errors(report: Report) -> Iterator[JSON]:
    from hashlib import sha256

    for error in report.notifications:
        if error.level == "error":
            line = 1 if error.region is None else error.region.start_line
            identity = f"{error.uri}\0{error.message}".encode("utf-8", "surrogatepass")
            told = f"Incomplete: {error.message}"
            yield _issue(told, "incomplete", sha256(identity).hexdigest()[:32], "blocker", error.uri, {"begin": line})


def _issue(message: str, name: str, identity: str, severity: str, uri: str, lines: dict[str, int]) -> JSON:
    return {
        "description": message,
        "check_name": name,
        "fingerprint": identity,
        "severity": severity,
        "location": {"path": _path(uri), "lines": lines},
    }


def _path(uri: str) -> str:
    """A path as GitLab takes it: relative, without `./`; the root of the repository where there is none."""
    path = uri.lstrip("/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path or "."


def _distinct(issues: Iterable[JSON]) -> Iterator[JSON]:
    """The issues with distinct fingerprints: of equal ones the widget would show one."""
    seen: dict[object, int] = {}
    for issue in issues:
        count = seen[issue["fingerprint"]] = seen.get(issue["fingerprint"], 0) + 1
        yield issue if count == 1 else {**issue, "fingerprint": f"{issue['fingerprint']}-{count}"}
