"""Severities out of the scores and levels of other formats."""

from scanguard.model.rule import Severity

LEVELS = {"error": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW, "none": Severity.NOTE}
"""SARIF's levels, where a tool says no more than that."""
_BOUNDS = (
    (9.0, Severity.CRITICAL),
    (7.0, Severity.HIGH),
    (4.0, Severity.MEDIUM),
    (0.1, Severity.LOW),
    (0.0, Severity.NOTE),
)


def severity_of_score(text: str) -> Severity | None:
    """The severity of a `security-severity` from 0 to 10, by GitHub's bounds; None where the text is no such score."""
    try:
        score = float(text[:20])
    except ValueError:
        return None
    return next((severity for bound, severity in _BOUNDS if bound <= score <= 10.0), None)
