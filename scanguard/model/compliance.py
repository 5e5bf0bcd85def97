"""What a run says of the controls of a standard."""

from scanguard.model.finding import Finding
from scanguard.model.record import NamedTuple

STATUSES = ("fail", "not covered", "manual", "pass")
"""What may be said of a control, the gravest first."""


class RuleEvidence(NamedTuple):
    """What a rule did for a control: how many targets of which kind (`file`, `image`) it ran on; `why` where on none."""

    rule: str
    kind: str
    targets: int
    why: str = ""


class ControlResult(NamedTuple):
    """A control and what the run says of it.

    `status` is `pass` only where rules cover the control, all of them ran, the run was complete and nothing was found.
    `coverage` is `covered`, `partly` or `manual`. `reasons` are sentences that say why the status is what it is.
    `accepted` are findings that somebody suppressed.
    """

    id: str
    title: str
    status: str
    coverage: str
    reasons: tuple[str, ...]
    rules: tuple[RuleEvidence, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]


class ComplianceReport(NamedTuple):
    """All controls of a standard, in its order, with what was looked at (uris and names of images)."""

    standard: str
    title: str
    edition: str
    url: str
    version: str
    policy: str
    files: tuple[str, ...]
    images: tuple[str, ...]
    results: tuple[ControlResult, ...]
    incomplete: tuple[str, ...]

    def count(self, status: str) -> int:
        """How many controls have a status."""
        return sum(result.status == status for result in self.results)
