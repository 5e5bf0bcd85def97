"""The fact that names who else reports what a finding says."""

from collections.abc import Iterable

from scanguard.model.finding import Finding

ALSO = "also reported by"


def said(finding: Finding) -> set[str]:
    """The rules of other tools that say so too."""
    return {label for name, value in finding.facts if name == ALSO for label in value.split(", ")}


def told(finding: Finding, labels: Iterable[str]) -> Finding:
    """The finding with these labels in the place of those that it has."""
    every = sorted(set(labels))
    others = tuple(fact for fact in finding.facts if fact[0] != ALSO)
    return finding._replace(facts=(*others, (ALSO, ", ".join(every))) if every else others)
