"""What a run says of a standard: as text, as Markdown, as JSON. What comes from files is shown, never obeyed."""

import json
from typing import Any

from scanguard.model.compliance import STATUSES, ComplianceReport, ControlResult, RuleEvidence
from scanguard.model.finding import Finding, Suppression
from scanguard.reporters.markdown import escaped
from scanguard.reporters.terminal import visible

_SHOWN = 5
_LEGEND = (
    "A control passes only where rules cover it whole, all of them ran, the run was complete and nothing was found."
)


def text(report: ComplianceReport) -> str:
    """For people: a paragraph for each control."""
    lines = [_title(report), _looked(report), ""]
    for result in report.results:
        lines.append(f"{result.status:<12} {result.id:<6} {result.title}")
        lines += [f"{'':<20}{line}" for line in _evidence(result)]
    lines += ["", _counts(report), _LEGEND]
    return "".join(f"{visible(line, unicode=True).rstrip()}\n" for line in lines)


def markdown(report: ComplianceReport) -> str:
    """A table of the controls with their evidence."""
    head = f"## {escaped(_title(report))}\n\n{escaped(_looked(report))}\n\n"
    rows = ["| Control | Status | Title | Evidence |\n|---|---|---|---|\n"]
    for result in report.results:
        evidence = "<br>".join(map(escaped, _evidence(result)))
        rows.append(f"| {escaped(result.id)} | {result.status} | {escaped(result.title)} | {evidence} |\n")
    return f"{head}{''.join(rows)}\n{escaped(_counts(report))} {escaped(_LEGEND)}\n"


def as_json(report: ComplianceReport) -> str:
    """Everything, for programs; see docs/compliance.md."""
    value = {
        "standard": {"key": report.standard, "title": report.title, "version": report.edition, "url": report.url},
        "scanguard": report.version,
        "policy": report.policy,
        "files": list(report.files),
        "images": list(report.images),
        "counts": {status: report.count(status) for status in STATUSES},
        "incomplete": list(report.incomplete),
        "controls": [_control(result) for result in report.results],
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def _title(report: ComplianceReport) -> str:
    return f"{report.title} ({report.edition})" if report.edition else report.title


def _looked(report: ComplianceReport) -> str:
    files, images = len(report.files), len(report.images)
    return (
        f"Checked {files} Dockerfile{'' if files == 1 else 's'} and {images} image{'' if images == 1 else 's'} "
        f"with ScanGuard {report.version}, policy {report.policy}."
    )


def _counts(report: ComplianceReport) -> str:
    return f"{', '.join(f'{report.count(status)} {status}' for status in STATUSES)}."


def _evidence(result: ControlResult) -> list[str]:
    """Why the status is what it is, the first findings, and which rules ran on what."""
    lines = list(result.reasons)
    lines += [_finding(finding) for finding in result.findings[:_SHOWN]]
    more = len(result.findings) - _SHOWN
    if more > 0:
        lines.append(f"and {more} more")
    for finding in result.accepted[:_SHOWN]:
        reasons = "; ".join(_accepted(one) for one in finding.suppressions)
        lines.append(f"accepted: {_finding(finding)} ({reasons})")
    ran = [one for one in result.rules if one.targets]
    if ran:
        lines.append(f"ran: {', '.join(map(_rule, ran))}")
    return lines


def _finding(finding: Finding) -> str:
    return f"{finding.uri}:{finding.region.start_line}: {finding.rule.name}: {finding.message}"


def _accepted(mark: Suppression) -> str:
    until = f"until {mark.expires}" if mark.expires else "without an end"
    return ", ".join(filter(None, (mark.justification or "no reason", mark.owner, until)))


def _rule(one: RuleEvidence) -> str:
    return f"{one.rule} ({one.targets} {one.kind}{'' if one.targets == 1 else 's'})"


def _control(result: ControlResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "title": result.title,
        "status": result.status,
        "coverage": result.coverage,
        "reasons": list(result.reasons),
        "rules": [one._asdict() for one in result.rules],
        "findings": [_listed(finding) for finding in result.findings],
        "accepted": [
            {**_listed(one), "suppressions": [mark._asdict() for mark in one.suppressions]} for one in result.accepted
        ],
    }


def _listed(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.name,
        "rule_id": finding.rule.id,
        "severity": finding.severity.label,
        "message": finding.message,
        "uri": finding.uri,
        "line": finding.region.start_line,
        "column": finding.region.start_column,
        "image": finding.image,
    }
