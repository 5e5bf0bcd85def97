"""What the formats for CI say of a finding beside its message, and in which order they show findings."""

from collections.abc import Iterable

from scanguard.model.finding import OR_THIS, SAME_LAYER, Finding
from scanguard.model.rule import Confidence, Severity

_LINE = {
    "exact": "on this line for certain",
    "span": "made with this line, and others, in one layer",
    "base": "in the base image",
    "unknown": "on no line that is known",
}


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By severity, then by place: platforms that show only some show the first."""
    return sorted(findings, key=lambda finding: (-finding.severity, finding.uri, finding.region, finding.rule.id))


def details(finding: Finding) -> tuple[str, ...]:
    """One text for each further thing to know: doubt, the image, facts, the trace, related places. Not escaped."""
    found = []
    if finding.confidence is not Confidence.HIGH:
        found.append(f"confidence: {finding.confidence.label}")
    if finding.image:
        found.append(f"image: {finding.image}" + (f" ({known_line(finding)})" if finding.origin else ""))
    found.extend(f"{name}: {value}" for name, value in finding.facts)
    found.extend(f"{at}. line {step.region.start_line}: {step.message}" for at, step in enumerate(finding.trace, 1))
    found.extend(f"see line {place.region.start_line}: {place.message}" for place in finding.related)
    return tuple(found)


def known_line(finding: Finding) -> str:
    """What is known of the line of a finding of an image, in words; `finding.origin` says it in one."""
    others = other_lines(finding)
    lines = ", ".join(map(str, sorted({finding.region.start_line, *others})))
    if finding.origin == "candidates":
        return f"on one of the lines {lines}" if others else "most likely on this line"
    if finding.origin == "span" and others:
        return f"in one layer of the lines {lines}"
    return _LINE.get(finding.origin, finding.origin)


def other_lines(finding: Finding) -> tuple[int, ...]:
    """The lines of other instructions that may be the cause, or of which the builder made one layer with it; ascending."""
    lines = {place.region.start_line for place in finding.related if place.message in (OR_THIS, SAME_LAYER)}
    return tuple(sorted(lines))


def fails(finding: Finding, limit: Severity | None) -> bool:
    """Whether this finding alone fails the gate."""
    return finding.active and limit is not None and finding.severity >= limit


def plural(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
