"""From what a check says (a problem) to what a person reads (a finding)."""

from scanguard.model.location import Region, Span
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Confidence, Rule, Severity


class Step(NamedTuple):
    """One step of the way by which something reached the shipped stage: a place and what happened there."""

    message: str
    span: Span


class Problem(NamedTuple):
    """What a check found. The engine adds the rule, the file and the severity: a check cannot forge them.

    `message` is one fact with the value in it, ends with a full stop and never holds a secret. `span` is the smallest
    place to change. `stage` is the index of the stage, None outside stages. `trace` runs from the cause to the shipped
    stage, `related` are other places that explain. `severity` lowers the rule's severity for this one case. `key`
    tells two problems of one rule on one instruction apart in the fingerprint (a package, a variable).
    """

    message: str
    span: Span
    stage: int | None = None
    confidence: Confidence = Confidence.HIGH
    severity: Severity | None = None
    related: tuple[Step, ...] = ()
    trace: tuple[Step, ...] = ()
    key: str = ""


class Place(NamedTuple):
    """A step of a trace or a related place, stamped with lines and columns of the finding's own file."""

    message: str
    region: Region


OR_THIS = "Or this instruction"
"""A related place of a finding of an image: as likely the cause as the place of the finding itself."""
SAME_LAYER = "In the same layer"
"""A related place of a finding of an image: an instruction of which the builder made one layer with that of the finding."""
REMOVED = "Removed here, but not from the layers below."
"""A related place of a finding of an image: the instruction that takes the file away from who looks, not from the layers."""

NO_LINE = "No line of the Dockerfile is known for it."
"""How the message of a finding of an image ends whose Dockerfile tells nothing of the image."""
REFUTES = "refutes"
"""The name of a fact of an image whose value is a rule of Dockerfiles: it only tells that what this rule says is not so."""


class Suppression(NamedTuple):
    """Why a finding does not count. `kind` is `inline`, `policy`, `vex` or `baseline`.

    `expires` is an ISO date and `owner` whoever answers for it; both may be empty.
    """

    kind: str
    justification: str
    expires: str = ""
    owner: str = ""


LEFT_OUT = Suppression("policy", "Inherited from the base image, which --exclude-base leaves out.")


class Finding(NamedTuple):
    """A problem, stamped: with its rule, its file, its severity after the policy, and its suppressions.

    `stage` is the stage's name, its index as text where it has none, or empty. `span` is kept for the code frame.
    `instruction` is the normalised text of the instruction, secrets masked: the fingerprint is made from it, from the
    rule, the file, the stage, the key, and `ordinal` (which of several equal ones this is, from 0).

    A finding of an image has the image's name in `image` and in `origin` how sure its line is (`exact`, `span`,
    `candidates`, `base`, `unknown`); `facts` are further (name, value) pairs to show.

    `lines` are the first and the last line of the instruction, (0, 0) outside instructions. `identity` is the fingerprint
    that a report gave which was read; empty where it is made from the fields above.
    """

    rule: Rule
    severity: Severity
    confidence: Confidence
    message: str
    uri: str
    region: Region
    stage: str
    related: tuple[Place, ...]
    trace: tuple[Place, ...]
    span: Span
    instruction: str
    key: str = ""
    ordinal: int = 0
    suppressions: tuple[Suppression, ...] = ()
    image: str = ""
    origin: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    lines: tuple[int, int] = (0, 0)
    identity: str = ""

    @property
    def active(self) -> bool:
        """Whether the finding counts for the gate."""
        return not self.suppressions

    @property
    def known(self) -> bool:
        """Whether a baseline knows the finding."""
        return any(suppression.kind == "baseline" for suppression in self.suppressions)


def order(finding: Finding) -> tuple[object, ...]:
    """What findings of a report are sorted by: the file, the place and the rule, then whatever tells them apart."""
    return (
        finding.uri,
        finding.region,
        finding.rule.id,
        finding.key,
        finding.message,
        finding.image,
        finding.stage,
        finding.ordinal,
    )
