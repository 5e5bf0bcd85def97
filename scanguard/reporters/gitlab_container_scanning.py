"""GitLab's container scanning report, for servers that do not read SARIF: schema 15.2.4.

https://gitlab.com/gitlab-org/security-products/security-report-schemas
"""

import re
from collections.abc import Iterator

from scanguard.model.finding import Finding
from scanguard.model.fingerprint import fingerprint
from scanguard.model.record import NamedTuple
from scanguard.model.report import Report
from scanguard.model.rule import Severity
from scanguard.reporters.details import details, worst_first
from scanguard.reporters.jsontext import dumps
from scanguard.reporters.options import PLAIN, RenderOptions

VERSION = "15.2.4"
_SITE = "https://github.com/scanguard/scanguard"
_NAME, _DESCRIPTION, _SOLUTION, _IMAGE = 255, 1_048_576, 7_000, 255
_SEVERITY = {
    Severity.NOTE: "Info",
    Severity.LOW: "Low",
    Severity.MEDIUM: "Medium",
    Severity.HIGH: "High",
    Severity.CRITICAL: "Critical",
}
_LEVEL = {"error": "fatal", "warning": "warn", "note": "info"}
_PACKAGE = re.compile(r"(\S+)(?: (\S+))?(?: (?:→|->) (.+))?").match

JSON = dict[str, object]


class Package(NamedTuple):
    """The package of a vulnerability as a fact names it: `openssl 3.0.1 → 3.0.2`; what is not told is empty."""

    name: str
    version: str = ""
    fixed: str = ""


def render(report: Report, options: RenderOptions = PLAIN) -> str:
    """The findings of images as JSON, one vulnerability a line, worst first, ending with LF.

    Findings of Dockerfiles are left out, since every entry needs an image and a package, and so are suppressed ones: the
    format has no word for them. The times are `options.time`; the ids are made from the findings, so the same report
    gives the same bytes.
    """
    found = [finding for finding in worst_first(report.active) if finding.image]
    product = {"id": "scanguard", "name": "ScanGuard", "version": report.version, "url": _SITE}
    tool = {**product, "vendor": {"name": "ScanGuard"}}
    document: JSON = {
        "version": VERSION,
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "container_scanning",
            "start_time": options.time,
            "end_time": options.time,
            "status": "success" if report.complete else "failure",
            "messages": [
                {"level": _LEVEL[one.level], "value": f"{one.uri}: {one.message}" if one.uri else one.message or "?"}
                for one in report.notifications
            ],
        },
        "vulnerabilities": [entry for finding in found for entry in _entries(finding)],
        "remediations": [],
    }
    return dumps(document, depth=2)


def _entries(finding: Finding) -> Iterator[JSON]:
    """One entry for each package of a finding: GitLab tells vulnerabilities apart by image and package."""
    from uuid import NAMESPACE_URL, uuid5

    facts = dict(finding.facts)
    for package in dict.fromkeys(packages(finding)):
        parts = (fingerprint(finding), finding.image, package.name, package.version)
        identity = "\0".join(parts).encode("utf-8", "replace").decode()
        rule = finding.rule
        yield {
            "id": str(uuid5(NAMESPACE_URL, f"{_SITE}\0{identity}")),
            "name": _clip(f"{rule.id} in {package.name}" if package.version else rule.summary or rule.name, _NAME),
            "description": _clip("\n".join((finding.message, *details(finding))), _DESCRIPTION),
            "severity": _SEVERITY[finding.severity],
            "solution": _clip(_solution(finding, package), _SOLUTION),
            "identifiers": [_identifier(finding)],
            "links": _links(finding),
            "location": {
                "dependency": {"package": {"name": package.name}, "version": package.version},
                "operating_system": facts.get("operating system") or "unknown",
                "image": finding.image,
                "default_branch_image": _clip(finding.image, _IMAGE),
            },
        }


def packages(finding: Finding) -> tuple[Package, ...]:
    """The packages that the facts named `package` tell; what the finding is about where there is none."""
    told = [match for name, value in finding.facts if name == "package" and (match := _PACKAGE(value))]
    found = tuple(Package(match[1], match[2] or "", match[3] or "") for match in told)
    return found or (Package(finding.key or finding.rule.name),)


def _solution(finding: Finding, package: Package) -> str:
    known = finding.origin not in ("", "unknown")
    where = f"the line to change is {finding.uri}:{finding.region.start_line}." if known else ""
    if package.fixed:
        return (
            f"Upgrade {package.name} to {package.fixed}; {where}"
            if where
            else f"Upgrade {package.name} to {package.fixed}."
        )
    return f"{where[:1].upper()}{where[1:]}"


def _identifier(finding: Finding) -> JSON:
    """What the vulnerability is called: by its own id where it has one, else by the rule."""
    rule = finding.rule
    kind = rule.id.partition("-")[0].lower()
    if kind == "cve":
        url = f"https://www.cve.org/CVERecord?id={rule.id}"
        return {"type": "cve", "name": rule.id, "value": rule.id, "url": url}
    if kind == "ghsa":
        return {"type": "ghsa", "name": rule.id, "value": rule.id, "url": f"https://github.com/advisories/{rule.id}"}
    return {"type": "scanguard_rule", "name": f"{rule.id} {rule.name}", "value": rule.id}


def _links(finding: Finding) -> list[JSON]:
    """The addresses among the facts."""
    pattern = re.compile(r"https?://[^\s\"'<>]+")
    return [{"url": value} for _, value in finding.facts if pattern.fullmatch(value)]


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
