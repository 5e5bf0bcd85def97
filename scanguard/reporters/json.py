"""The report as JSON, for programs: docs/report-format.md describes it, report.schema.json defines it."""

from scanguard.model.finding import Finding, Place, Suppression
from scanguard.model.fingerprint import fingerprint
from scanguard.model.location import Region
from scanguard.model.report import Notification, Report, Shards
from scanguard.model.rule import Rule, Severity
from scanguard.reporters.jsontext import dumps
from scanguard.reporters.options import PLAIN, RenderOptions
from scanguard.reporters.uris import encode

SCHEMA_ID = "https://raw.githubusercontent.com/scanguard/scanguard/main/scanguard/reporters/report.schema.json"
SCHEMA_VERSION = "1.1"

JSON = dict[str, object]


def render(report: Report, _: RenderOptions = PLAIN) -> str:
    """The report as JSON text ending with LF: the same bytes for the same report, one finding a line."""
    return dumps(document(report), depth=2)


def document(report: Report) -> JSON:
    """The report as the values of JSON, suppressed findings included and marked."""
    return {
        "$schema": SCHEMA_ID,
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "ScanGuard", "version": report.version},
        "policy": report.policy,
        "baseline": report.baseline or None,
        "fail_on": None if report.fail_on is None else report.fail_on.label,
        "findings": [_finding(finding) for finding in report.findings],
        "notifications": [_notification(notification) for notification in report.notifications],
        "rules": [_rule(rule) for rule in _rules(report)],
        "files": [{"uri": encode(file.uri), "sha256": file.sha256 or None} for file in report.read],
        "images": images(report),
        "shards": None if report.shards is None else shards(report.shards),
        "summary": _summary(report),
        "complete": report.complete,
        "exit_code": int(report.exit_code),
    }


def _finding(finding: Finding) -> JSON:
    rule = finding.rule
    return {
        "id": rule.id,
        "name": rule.name,
        "category": rule.category,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "message": finding.message,
        "uri": encode(finding.uri),
        **_region(finding.region),
        "stage": finding.stage or None,
        "related": [_place(place) for place in finding.related],
        "trace": [_place(place) for place in finding.trace],
        "key": finding.key or None,
        "ordinal": finding.ordinal,
        "instruction_start_line": finding.lines[0] or None,
        "instruction_end_line": finding.lines[1] or None,
        "image": finding.image or None,
        "origin": finding.origin or None,
        "facts": [{"name": name, "value": value} for name, value in finding.facts],
        "fingerprint": fingerprint(finding),
        "suppressions": [_suppression(suppression) for suppression in finding.suppressions],
    }


def _rules(report: Report) -> list[Rule]:
    """The rules that ran and those of the findings, by id."""
    rules = {finding.rule.id: finding.rule for finding in report.findings} | {rule.id: rule for rule in report.rules}
    return [rules[rule_id] for rule_id in sorted(rules)]


def _rule(rule: Rule) -> JSON:
    return {
        "id": rule.id,
        "name": rule.name,
        "category": rule.category,
        "severity": rule.severity.label,
        "summary": rule.summary,
    }


def images(report: Report) -> list[JSON]:
    """The images that were checked, as the values of JSON."""
    return [
        {
            **image._asdict(),
            "uri": encode(image.uri) if image.uri else None,
            "platform": image.platform or None,
            "base": image.base or None,
        }
        for image in sorted(report.images)
    ]


def shards(split: Shards) -> JSON:
    """Which parts of a run that was split a report has, as the values of JSON."""
    return {
        "total": split.total,
        "present": list(split.present),
        "settled": [_notification(notification) for notification in split.settled],
    }


def _region(region: Region) -> JSON:
    return region._asdict()


def _place(place: Place) -> JSON:
    return {"message": place.message, **_region(place.region)}


def _suppression(suppression: Suppression) -> JSON:
    return {
        "kind": suppression.kind,
        "justification": suppression.justification,
        "expires": suppression.expires or None,
        "owner": suppression.owner or None,
    }


def _notification(notification: Notification) -> JSON:
    region = dict.fromkeys(Region._fields) if notification.region is None else _region(notification.region)
    return {
        "level": notification.level,
        "message": notification.message,
        "uri": encode(notification.uri) if notification.uri else None,
        **region,
        "rule_id": notification.rule_id or None,
    }


def _summary(report: Report) -> JSON:
    """Counts: active findings by severity, worst first, then all active, all suppressed, and files that were read."""
    tally = {severity.label: 0 for severity in sorted(Severity, reverse=True)}
    active = report.active
    for finding in active:
        tally[finding.severity.label] += 1
    return {
        **tally,
        "active": len(active),
        "suppressed": len(report.findings) - len(active),
        "files": report.file_count,
    }
