"""Findings as SARIF results."""

from typing import Any

from scanguard.model.finding import Finding, Suppression
from scanguard.model.fingerprint import fingerprint
from scanguard.model.links import escape_brackets, link
from scanguard.reporters.levels import SARIF_LEVEL, rank
from scanguard.reporters.sarif.descriptors import clip
from scanguard.reporters.sarif.objects import om, suppression
from scanguard.reporters.sarif.places import Places

_STATES = {True: "unchanged", False: "new"}
_MESSAGE_LIMIT = 2_048
"""GitLab drops a result whose message is longer."""


def result(finding: Finding, rule_index: int, places: Places, *, states: bool = False) -> Any:
    """The result of a finding.

    The level is always written; `rank`, which GitLab reads first, only where the severity is not the rule's own.
    `states` asks for `baselineState`: whether a baseline knows the finding.
    """
    text = message_text(finding)
    related = [*finding.related, *finding.trace]
    return om.Result(
        rule_id=finding.rule.id,
        rule_index=rule_index,
        level=SARIF_LEVEL[finding.severity],
        rank=-1.0 if finding.severity is finding.rule.severity else rank(finding.severity),
        message=om.Message(text=text, id="default", arguments=[finding.uri]),
        locations=[places.location(finding.uri, finding.region, context=True)],
        related_locations=[
            places.location(finding.uri, place.region, number, place.message) for number, place in enumerate(related, 1)
        ]
        or None,
        code_flows=_code_flows(finding, places),
        partial_fingerprints={
            "primaryLocationLineHash": places.line_hash(finding.uri, finding.region),
            "scanguard/v1": fingerprint(finding),
        },
        suppressions=[_suppression(reason) for reason in finding.suppressions] or None,
        baseline_state=_STATES[finding.known] if states else None,
        properties=_properties(finding),
    )


def message_text(finding: Finding) -> str:
    """The message with a link to each related place after it, as long as they fit: `… See [the base image](1).`.

    Brackets of the message itself are escaped, since they would begin a link (3.11.6).
    """
    text = clip(escape_brackets(finding.message), _MESSAGE_LIMIT)
    links: list[str] = []
    for number, place in enumerate(finding.related, 1):
        one = link(place.message, number)
        if len(text) + len(" See ; .") + sum(map(len, links)) + 2 * len(links) + len(one) > _MESSAGE_LIMIT:
            break
        links.append(one)
    return f"{text} See {'; '.join(links)}." if links else text


def _code_flows(finding: Finding, places: Places) -> list[Any] | None:
    """The trace as a code flow, which GitHub offers as "show paths"; None where there is no way to show."""
    if not finding.trace:
        return None
    steps = [
        om.ThreadFlowLocation(location=places.location(finding.uri, place.region, message=place.message))
        for place in finding.trace
    ]
    return [om.CodeFlow(thread_flows=[om.ThreadFlow(locations=steps)])]


def _suppression(reason: Suppression) -> Any:
    return suppression(
        kind="inSource" if reason.kind == "inline" else "external",
        status="accepted",
        justification=reason.justification or None,
        properties={"source": reason.kind, "expires": reason.expires or None, "owner": reason.owner or None},
    )


def _properties(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "stage": finding.stage or None,
        "key": finding.key or None,
        "ordinal": finding.ordinal or None,
        "instructionLines": list(finding.lines) if finding.lines[0] else None,
        "image": finding.image or None,
        "origin": finding.origin or None,
        "facts": [{"name": name, "value": value} for name, value in finding.facts] or None,
    }
