"""What the Dockerfile seems to say and the image shows to be otherwise: the finding stays, and says so."""

from collections.abc import Mapping, Sequence

from scanguard.model.finding import REFUTES, Finding
from scanguard.model.rule import Confidence

_FACT = "refuted by the image"
_WHOLE, _PART = " Refuted by the image.", " Refuted in part by the image."
_SHOWN: Mapping[str, str] = {
    "build-tools-installed": "does not have '{}'",
    "root-user": "runs as '{}'",
    "unknown-user": "has the account '{}'",
}
_MANY = "build-tools-installed"
REFUTABLE = frozenset(_SHOWN)
"""The names of the rules of Dockerfiles that an image can refute."""


def is_refutation(finding: Finding) -> bool:
    """Whether a finding of an image only tells that one of the Dockerfile is not so."""
    return bool(finding.image) and any(name == REFUTES for name, _ in finding.facts)


def is_refuted(finding: Finding) -> bool:
    """Whether an image shows that a finding of the Dockerfile, or a part of it, is not so."""
    return not finding.image and bool(_known(finding))


def said(finding: Finding) -> str:
    """The message of a finding without what images refute of it."""
    return finding.message.removesuffix(_WHOLE).removesuffix(_PART) if is_refuted(finding) else finding.message


def refuted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, those of the Dockerfile with what images refute of them, without the findings that told it.

    A refutation of what the Dockerfile is not found to say is kept only where it is sure of what that says, and none where
    an image of the same name says otherwise: the one of another platform.
    """
    kept = {index: one for index, one in enumerate(findings) if not (is_refutation(one) and one.active)}
    for index, one in enumerate(findings):
        if index not in kept and not any(_contradicts(other, one) for other in kept.values()):
            twins = [at for at, other in kept.items() if _speaks_of(one, other)]
            for at in twins:
                kept[at] = _with(kept[at], one)
            if not twins and one.confidence is Confidence.HIGH:
                kept[index] = one
    return tuple(kept[index] for index in sorted(kept))


def denies(image: str, finding: Finding) -> bool:
    """Whether an image refutes all that a finding of the Dockerfile says."""
    known = _known(finding)
    if finding.rule.name == _MANY:
        return all(f"{image} {_SHOWN[_MANY].format(name)}" in known for name in finding.key.split(","))
    return any(one.startswith(f"{image} ") for one in known)


def is_denied(finding: Finding) -> bool:
    """Whether some image refutes all that a finding of the Dockerfile says."""
    if finding.rule.name != _MANY:
        return is_refuted(finding)
    middle = _SHOWN[_MANY].partition("{}")[0]
    return any(denies(one.rpartition(f" {middle}")[0], finding) for one in _known(finding))


def _contradicts(finding: Finding, refutation: Finding) -> bool:
    """Whether a finding of an image of the same name is what the refutation says that there is not."""
    if (finding.image, finding.uri, finding.rule.name) != (refutation.image, refutation.uri, refutation.rule.name):
        return False
    return not is_refutation(finding) and (
        _MANY not in _refuted_rules(refutation) or refutation.key in finding.key.split(",")
    )


def _refuted_rules(refutation: Finding) -> list[str]:
    return [value for name, value in refutation.facts if name == REFUTES]


def _speaks_of(refutation: Finding, finding: Finding) -> bool:
    """Whether a refutation is of this finding of the Dockerfile."""
    if finding.image or finding.uri != refutation.uri or finding.rule.name not in _refuted_rules(refutation):
        return False
    if finding.rule.name == _MANY:
        here = refutation.origin == "unknown" or finding.region.meets(refutation.region)
        return here and refutation.key in finding.key.split(",")
    return finding.stage == refutation.stage or finding.region.meets(refutation.region)


def _with(finding: Finding, refutation: Finding) -> Finding:
    """The finding of the Dockerfile and what the image shows."""
    shown = f"{refutation.image} {_SHOWN[finding.rule.name].format(refutation.key)}"
    if shown in _known(finding):
        return finding
    refuted = finding._replace(facts=(*finding.facts, (_FACT, shown)))
    return refuted._replace(message=f"{said(finding)}{_WHOLE if is_denied(refuted) else _PART}")


def _known(finding: Finding) -> frozenset[str]:
    """What images refute so far. A fact says so, for what a file has in it may be in a message, but in no fact."""
    return frozenset(value for name, value in finding.facts if name == _FACT)
