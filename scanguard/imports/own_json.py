"""ScanGuard's own JSON report, read back: docs/report-format.md."""

from collections.abc import Mapping
from typing import Any

from scanguard.imports.document import Node, path_of, region
from scanguard.imports.join import missing
from scanguard.model.advisory import subject_of
from scanguard.model.errors import TargetError
from scanguard.model.finding import Finding, Place, Suppression
from scanguard.model.location import Region, Span
from scanguard.model.report import Notification, ReadFile, Report, ScannedImage, Shards
from scanguard.model.rule import Confidence, Rule, Severity

SEVERITIES: dict[str, Any] = {severity.label: severity for severity in Severity}
CONFIDENCES: dict[str, Any] = {confidence.label: confidence for confidence in Confidence}
LEVELS: dict[str, Any] = {level: level for level in ("error", "warning", "note")}
NOWHERE = Span(0, 0)
_NAMES = Region._fields
_MAJOR = "1."


def is_own(document: Node) -> bool:
    """Whether a document says that it is our report."""
    return isinstance(document.value, dict) and isinstance(document.value.get("schema_version"), str)


def read(document: Node, catalogue: Mapping[str, Rule]) -> Report:
    """The report. Rules that the catalogue does not know are what the report says of them.

    Raises TargetError, with the place, for anything that is not as the schema says, and for a later major version.
    """
    version = document["schema_version"].text(None)
    if not version.startswith(_MAJOR):
        raise TargetError(f"has report version '{version[:20]}'; this program reads version 1", document.uri)
    rules = {rule["id"].word(): _rule(rule) for rule in document["rules"]}
    rules.update((rule_id, catalogue[rule_id]) for rule_id in list(rules) if rule_id in catalogue)
    shards = shards_of(document["shards"])
    told = tuple(notification(one) for one in document["notifications"])
    limit = document["fail_on"]
    return Report(
        document["tool"]["version"].text(None),
        tuple(_finding(one, rules, catalogue) for one in document["findings"]),
        tuple(one for one in told if one not in missing(shards)),
        tuple(rules.values()),
        (),
        None if limit.value is None else limit.one_of(SEVERITIES),
        document["policy"].text("default"),
        shards=shards,
        elsewhere=tuple(ReadFile(path_of(one["uri"].text(None)), one["sha256"].text()) for one in document["files"]),
        images=images_of(document["images"]),
        baseline=document["baseline"].text(),
    )


def _rule(node: Node) -> Rule:
    name, category = node["name"].word(), node["category"].word()
    severity, summary = node["severity"].one_of(SEVERITIES), node["summary"].text()
    return Rule(node["id"].word(), name, category, severity, summary, "", subject=subject_of(name))


def _finding(node: Node, rules: Mapping[str, Rule], catalogue: Mapping[str, Rule]) -> Finding:
    rule_id = node["id"].word()
    severity = node["severity"].one_of(SEVERITIES)
    rule = rules.get(rule_id) or catalogue.get(rule_id)
    if rule is None:
        rule = Rule(rule_id, node["name"].word(), node["category"].word(), severity, "", "")
    where = region(node, _NAMES)
    if where is None:
        node["start_line"].refuse("a line")
    return Finding(
        rule,
        severity,
        node["confidence"].one_of(CONFIDENCES),
        node["message"].text(None),
        path_of(node["uri"].text(None)),
        where,
        node["stage"].text(),
        _places(node["related"]),
        _places(node["trace"]),
        NOWHERE,
        "",
        node["key"].text(),
        node["ordinal"].number(0),
        suppressions=tuple(map(suppression, node["suppressions"])),
        image=node["image"].text(),
        origin=node["origin"].text(),
        facts=facts(node["facts"]),
        lines=(node["instruction_start_line"].number(0), node["instruction_end_line"].number(0)),
        identity=node["fingerprint"].text(None),
    )


def _places(nodes: Node) -> tuple[Place, ...]:
    return tuple(Place(one["message"].text(None), region(one, _NAMES) or Region(1, 1, 1, 1)) for one in nodes)


def suppression(node: Node) -> Suppression:
    """Why a finding does not count."""
    return Suppression(
        node["kind"].text(None), node["justification"].text(), node["expires"].text(), node["owner"].text()
    )


def facts(nodes: Node) -> tuple[tuple[str, str], ...]:
    """Facts as (name, value)."""
    return tuple((one["name"].text(None), one["value"].text(None)) for one in nodes)


def notification(node: Node) -> Notification:
    """One notification."""
    return Notification(
        node["level"].one_of(LEVELS),
        node["message"].text(None),
        path_of(node["uri"].text()),
        region(node, _NAMES),
        node["rule_id"].text(),
    )


def images_of(nodes: Node) -> tuple[ScannedImage, ...]:
    """The images that were checked."""
    return tuple(
        ScannedImage(
            node["name"].text(None),
            node["reference"].text(),
            node["id"].text(),
            node["platform"].text(),
            path_of(node["uri"].text()),
            node["base"].text(),
            node["inherited"].number(0),
            node["own"].number(0),
            node["unknown"].number(0),
        )
        for node in nodes
    )


def shards_of(node: Node) -> Shards | None:
    """The parts of a run that a report has; None for a whole one. Raises TargetError for parts that cannot be."""
    if node.value is None:
        return None
    total = node["total"].number()
    present = tuple(sorted({one.number() for one in node["present"]}))
    if not present or not 1 <= present[0] <= present[-1] <= total <= 10_000:
        raise TargetError(f"'{node.place}' names parts that cannot be; nothing of the file was taken", node.uri)
    return Shards(total, present, tuple(map(notification, node["settled"])))
