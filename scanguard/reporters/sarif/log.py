"""The whole SARIF log of a report: one run with its tool, its invocation and its results."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from scanguard.model.finding import Finding
from scanguard.model.links import escape_brackets
from scanguard.model.report import ExitCode, Notification, Report
from scanguard.model.rule import Rule
from scanguard.reporters.details import worst_first
from scanguard.reporters.sarif.descriptors import (
    CONFIGURATION,
    INCOMPLETE,
    NOTIFICATIONS,
    REPOSITORY,
    TRUNCATED,
    Descriptor,
    clip,
    notification_descriptor,
    rule_descriptor,
    taxa_in_use,
    taxonomy_components,
    taxonomy_references,
)
from scanguard.reporters.sarif.objects import Converter, om
from scanguard.reporters.sarif.places import BASE, Places
from scanguard.reporters.sarif.results import result
from scanguard.reporters.sarif.runs import runs

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SEMANTIC_VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?").fullmatch
_EXIT = {
    ExitCode.OK: "Nothing at or above the severity that fails the run.",
    ExitCode.GATE_FAILED: "A finding is at or above the severity that fails the run.",
    ExitCode.CONFIGURATION: "The configuration is wrong; nothing was scanned.",
    ExitCode.INCOMPLETE: "The run is incomplete: a target, a check or a tool failed.",
}


def log(report: Report, *, include_suppressed: bool, category: str | None, limit: int) -> Any:
    """The log as the values of JSON; `results` are iterators, since there can be very many.

    `limit` is for each run. `category` None is the default, an empty one none.
    """
    parts = [
        _Part(one, name, include_suppressed=include_suppressed, limit=limit) for one, name in runs(report, category)
    ]
    convert = Converter().convert
    document = convert(om.SarifLog(schema_uri=SCHEMA, version="2.1.0", runs=[part.run() for part in parts]))
    for made, part in zip(document["runs"], parts, strict=True):
        made["results"] = part.results(convert)
    return document


class _Part:
    """What one run of the log says."""

    def __init__(self, report: Report, category: str, *, include_suppressed: bool, limit: int) -> None:
        findings = worst_first(report.findings if include_suppressed else report.active)
        self.report = report
        self.category = category
        self.kept = findings[:limit]
        self.found = len(findings) + sum(number for _, number in report.omitted)
        self.places = Places(report)
        self.rules = _rules(report, self.kept)
        self.indices = {rule.id: index for index, rule in enumerate(self.rules)}
        self.states = bool(report.baseline) and include_suppressed

    def run(self) -> Any:
        """The run without its results."""
        report, taxa = self.report, taxa_in_use(self.rules)
        root = om.ArtifactLocation(description=om.Message(text="The root of the repository."))
        return om.Run(
            tool=om.Tool(driver=_driver(report.version, self.rules, taxa)),
            automation_details=_automation(self.category),
            invocations=[_invocation(report, len(self.kept), self.found, self.places, self.indices)],
            original_uri_base_ids={BASE: root},
            artifacts=self.places.artifacts(),
            results=[],
            taxonomies=taxonomy_components(taxa) or None,
            column_kind="unicodeCodePoints",
            properties={
                "policy": report.policy,
                "failOn": _fail_on(report),
                "shards": _shards(report),
                **_images(report),
                **_baseline(report),
            },
        )

    def results(self, convert: Callable[[Any], Any]) -> Iterator[Any]:
        """The results, worst first, made one by one."""
        for finding in self.kept:
            yield convert(result(finding, self.indices[finding.rule.id], self.places, states=self.states))


def _automation(category: str) -> Any:
    return om.RunAutomationDetails(id=category.rstrip("/") + "/") if category else None


def _fail_on(report: Report) -> str:
    return "never" if report.fail_on is None else report.fail_on.label


def _baseline(report: Report) -> dict[str, str]:
    """The baseline that was asked for; nothing where none was."""
    return {"baseline": report.baseline} if report.baseline else {}


def _shards(report: Report) -> dict[str, object] | None:
    """Which parts of a run these results are, as in the JSON report; None for a whole run."""
    if report.shards is None:
        return None
    from scanguard.reporters.json import shards

    return shards(report.shards)


def _images(report: Report) -> dict[str, object]:
    """The images that were checked, as in the JSON report; nothing where none was."""
    from scanguard.reporters.json import images

    return {"images": images(report)} if report.images else {}


def _rules(report: Report, findings: list[Finding]) -> list[Rule]:
    """The rules that ran and those of the findings, by id."""
    rules = {rule.id: rule for rule in report.rules}
    for finding in findings:
        rules.setdefault(finding.rule.id, finding.rule)
    return [rules[rule_id] for rule_id in sorted(rules)]


def _driver(version: str, rules: list[Rule], taxa: dict[str, list[str]]) -> Any:
    return om.ToolComponent(
        name="ScanGuard",
        organization="ScanGuard",
        full_name=f"ScanGuard {version}",
        short_description=om.MultiformatMessageString(
            text="Says what is wrong with what a Dockerfile will ship, on the line that causes it."
        ),
        version=version,
        semantic_version=version if _SEMANTIC_VERSION(version) else None,
        information_uri=REPOSITORY,
        rules=[rule_descriptor(rule, taxa) for rule in rules],
        notifications=[notification_descriptor(descriptor) for descriptor in NOTIFICATIONS],
        supported_taxonomies=taxonomy_references(taxa) or None,
    )


def _invocation(report: Report, kept: int, found: int, places: Places, indices: dict[str, int]) -> Any:
    """How the run ended. What kept an answer from being given is a matter of execution, the rest of configuration."""
    notified = [(notification, _descriptor(notification)) for notification in report.notifications]
    if kept < found:
        words = f"{found - kept} of {found} results were left out, the least severe ones."
        notified.append((Notification("warning", words), TRUNCATED))
    made = [
        (_notification(notification, descriptor, places, indices), descriptor) for notification, descriptor in notified
    ]
    return om.Invocation(
        execution_successful=report.complete,
        exit_code=int(report.exit_code),
        exit_code_description=_EXIT[report.verdict] + (" Disregarded by --exit-zero." if report.exit_zero else ""),
        tool_execution_notifications=[item for item, descriptor in made if descriptor is not CONFIGURATION] or None,
        tool_configuration_notifications=[item for item, descriptor in made if descriptor is CONFIGURATION] or None,
    )


def _descriptor(notification: Notification) -> Descriptor:
    return INCOMPLETE if notification.level == "error" else CONFIGURATION


def _notification(notification: Notification, descriptor: Descriptor, places: Places, indices: dict[str, int]) -> Any:
    text = clip(escape_brackets(notification.message), 2_048)
    rule = notification.rule_id
    return om.Notification(
        level=notification.level,
        message=om.Message(text=text),
        descriptor=om.ReportingDescriptorReference(id=descriptor.id, index=NOTIFICATIONS.index(descriptor)),
        associated_rule=om.ReportingDescriptorReference(id=rule, index=indices.get(rule, -1)) if rule else None,
        locations=[places.location(notification.uri, notification.region)] if notification.uri else None,
    )
