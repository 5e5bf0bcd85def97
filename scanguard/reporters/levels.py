"""How grave a finding is, in the words of other formats. This is the only place that translates a severity."""

from scanguard.model.rule import Confidence, Severity

SARIF_LEVEL = {
    Severity.NOTE: "note",
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
"""SARIF 2.1.0, 3.27.10: https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html#_Toc34317648"""

PROBLEM_SEVERITY = {
    Severity.NOTE: "recommendation",
    Severity.LOW: "recommendation",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
"""GitHub's `problem.severity`, which it shows for rules that carry no `security-severity`."""

SECURITY_SEVERITY = {
    Severity.NOTE: 0.0,
    Severity.LOW: 3.0,
    Severity.MEDIUM: 5.5,
    Severity.HIGH: 8.0,
    Severity.CRITICAL: 9.5,
}
"""The score from 0 to 10 that GitHub and GitLab sort into critical, high, medium and low; 0.0 means none."""

PRECISION = {Confidence.LOW: "low", Confidence.MEDIUM: "medium", Confidence.HIGH: "high"}
"""GitHub's `precision` of a rule."""


def security_severity(severity: Severity) -> str | None:
    """The score as the string that GitHub demands (a number is refused), or None for a note, which has none."""
    score = SECURITY_SEVERITY[severity]
    return f"{score:.1f}" if score else None


def rank(severity: Severity) -> float:
    """SARIF's `rank`, 0 to 100, which GitLab reads before everything else: ten times the score."""
    return SECURITY_SEVERITY[severity] * 10
