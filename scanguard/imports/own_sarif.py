"""ScanGuard's own SARIF, read back so that it can be written again byte for byte."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanguard.imports.document import Node, path_of, region
from scanguard.imports.join import missing
from scanguard.imports.own_json import CONFIDENCES, LEVELS, NOWHERE, SEVERITIES, facts, images_of, shards_of
from scanguard.imports.scores import severity_of_score
from scanguard.model.advisory import subject_of
from scanguard.model.finding import Finding, Place, Suppression
from scanguard.model.links import link, unescape_brackets
from scanguard.model.location import Region
from scanguard.model.report import Excerpt, Notification, ReadFile, Report
from scanguard.model.rule import CATEGORIES, Rule, Severity

NAME = "ScanGuard"
REGION = ("startLine", "startColumn", "endLine", "endColumn")
_TRUNCATED = "SGN003"
_KINDS = ("toolExecutionNotifications", "toolConfigurationNotifications")
_STANDARDS = {"CWE": "cwe", "CIS Docker Benchmark": "cis-docker", "NIST SP 800-190": "nist-800-190"}
_PAGE = re.compile(r".*/docs/rules/([a-z0-9][A-Za-z0-9_.-]*)\.md").fullmatch
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def read(run: Node, catalogue: Mapping[str, Rule]) -> Report:
    """One run of ours. Rules that the catalogue does not know are what the run says of them.

    Raises TargetError, with the place, for anything that is not as we write it.
    """
    driver, bag = run["tool"]["driver"], run["properties"]
    known = {node["id"].word(): node for node in driver["rules"]}
    rules = {rule_id: catalogue.get(rule_id) or _rule(node) for rule_id, node in known.items()}
    results = list(run["results"])
    shards = shards_of(bag["shards"])
    told, omitted = _notifications(run["invocations"].first)
    limit = bag["failOn"].one_of({**SEVERITIES, "never": None})
    label = f"{run['automationDetails']['id'].text()} {shards.present if shards else ''}"
    return Report(
        driver["version"].text(None),
        tuple(_finding(node, rules) for node in results),
        tuple(one for one in told if one not in missing(shards)),
        tuple(rules.values()),
        (),
        limit,
        bag["policy"].text("default"),
        shards=shards,
        elsewhere=tuple(_file(node) for node in run["artifacts"]),
        excerpts=(*_quoted(run["invocations"].first), *(excerpt for node in results for excerpt in _excerpts(node))),
        omitted=((label, omitted),) if omitted else (),
        baseline=bag["baseline"].text(),
        images=images_of(bag["images"]),
    )


def _rule(node: Node) -> Rule:
    bag, summary = node["properties"], node["shortDescription"]["text"].text()
    page = _PAGE(node["helpUri"].text())
    score = bag["security-severity"].text("0.0")
    tags = [tag.text() for tag in bag["tags"]]
    name = page[1] if page else _HUMP.sub("-", node["name"].word()).lower()
    return Rule(
        node["id"].word(),
        name,
        next((tag for tag in tags if tag in CATEGORIES), "hygiene"),
        severity_of_score(score) or Severity.NOTE,
        summary,
        node["help"]["text"].text(),
        controls=_controls(node),
        subject=subject_of(name),
    )


def _controls(node: Node) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for one in node["relationships"]:
        key = _STANDARDS.get(one["target"]["toolComponent"]["name"].text())
        if key is not None:
            found.setdefault(key, []).append(one["target"]["id"].text().removeprefix("CWE-"))
    return tuple((key, tuple(numbers)) for key, numbers in found.items())


def _finding(node: Node, rules: Mapping[str, Rule]) -> Finding:
    bag = node["properties"]
    uri, where = _place(node["locations"].first)
    steps = len(list(node["codeFlows"].first["threadFlows"].first["locations"]))
    others = tuple(_related(one) for one in node["relatedLocations"])
    related, trace = others[: len(others) - steps], others[len(others) - steps :]
    first, last = [one.number() for one in bag["instructionLines"]][:2] or (0, 0)
    severity = bag["severity"].one_of(SEVERITIES)
    rule_id = node["ruleId"].word()
    return Finding(
        rules.get(rule_id) or Rule(rule_id, rule_id, "hygiene", severity, "", ""),
        severity,
        bag["confidence"].one_of(CONFIDENCES),
        _message(node["message"]["text"].text(None), related),
        uri,
        where,
        bag["stage"].text(),
        related,
        trace,
        NOWHERE,
        "",
        bag["key"].text(),
        bag["ordinal"].number(0),
        suppressions=tuple(_suppression(one) for one in node["suppressions"]),
        image=bag["image"].text(),
        origin=bag["origin"].text(),
        facts=facts(bag["facts"]),
        lines=(first, last),
        identity=node["partialFingerprints"]["scanguard/v1"].text(None),
    )


def _message(text: str, related: tuple[Place, ...]) -> str:
    """The message without the links to related places that follow it."""
    for count in range(len(related), 0, -1):
        links = "; ".join(link(place.message, number) for number, place in enumerate(related[:count], 1))
        if text.endswith(f" See {links}."):
            text = text[: -len(f" See {links}.")]
            break
    return unescape_brackets(text)


def _place(node: Node) -> tuple[str, Region]:
    physical = node["physicalLocation"]
    where = region(physical["region"], REGION)
    if where is None:
        physical["region"].refuse("a region")
    return path_of(physical["artifactLocation"]["uri"].text(None)), where


def _related(node: Node) -> Place:
    return Place(node["message"]["text"].text(), _place(node)[1])


def _excerpts(node: Node) -> Iterator[Excerpt]:
    """What a result shows of its own place and of the related ones."""
    line_hash = node["partialFingerprints"]["primaryLocationLineHash"].text()
    first = node["locations"].first
    context = first["physicalLocation"]["contextRegion"]
    lines = (context["startLine"].number(0), context["endLine"].number(0))
    yield Excerpt(*_place(first), _snippet(first), lines, context["snippet"]["text"].text(), line_hash)
    for one in node["relatedLocations"]:
        if _snippet(one):
            yield Excerpt(*_place(one), _snippet(one))


def _quoted(invocation: Node) -> Iterator[Excerpt]:
    """What notifications show of their places."""
    for kind in _KINDS:
        for node in invocation[kind]:
            place = node["locations"].first
            if _snippet(place):
                yield Excerpt(*_place(place), _snippet(place))


def _snippet(node: Node) -> str:
    return node["physicalLocation"]["region"]["snippet"]["text"].text()


def _suppression(node: Node) -> Suppression:
    kind = "inline" if node["kind"].text() == "inSource" else "policy"
    bag = node["properties"]
    why = node["justification"].text()
    return Suppression(bag["source"].text(kind), why, bag["expires"].text(), bag["owner"].text())


def _file(node: Node) -> ReadFile:
    return ReadFile(path_of(node["location"]["uri"].text(None)), node["hashes"]["sha-256"].text())


def _notifications(invocation: Node) -> tuple[tuple[Notification, ...], int]:
    """All notifications, and how many results were left out of the file."""
    found, omitted = [], 0
    for kind in _KINDS:
        for node in invocation[kind]:
            if node["descriptor"]["id"].text() == _TRUNCATED:
                count: Any = re.match(r"[0-9]{1,9}", node["message"]["text"].text())
                omitted += int(count[0]) if count else 0
            else:
                found.append(_notification(node))
    return tuple(found), omitted


def _notification(node: Node) -> Notification:
    physical = node["locations"].first["physicalLocation"]
    return Notification(
        node["level"].one_of(LEVELS),
        unescape_brackets(node["message"]["text"].text(None)),
        path_of(physical["artifactLocation"]["uri"].text()),
        region(physical["region"], REGION),
        node["associatedRule"]["id"].text(),
    )
