"""One file checked for several shipped stages: the same finding is said once."""

from collections.abc import Sequence

from scanguard.engine.run import Outcome
from scanguard.model.finding import Finding


def merged(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcomes of one file as one: findings and notifications that are equal are kept once, in their first place.

    A finding of a stage that ships in one outcome and not in another is kept with the higher severity.
    """
    first = outcomes[0]
    if len(outcomes) == 1:
        return first
    findings: dict[tuple[object, ...], Finding] = {}
    for outcome in outcomes:
        for finding in outcome.findings:
            identity = (finding.rule.id, finding.span, finding.key)
            known = findings.get(identity)
            if known is None or finding.severity > known.severity:
                findings[identity] = finding
    notifications = dict.fromkeys(one for outcome in outcomes for one in outcome.notifications)
    return first._replace(findings=tuple(findings.values()), notifications=tuple(notifications))
