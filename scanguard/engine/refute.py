"""What the Dockerfile seems to say and the image shows to be otherwise: the finding stays, and says so."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

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
_BEFORE, _AFTER = _SHOWN[_MANY].split("{}")
REFUTABLE = frozenset(_SHOWN)
"""The names of the rules of Dockerfiles that an image can refute."""

_Said: TypeAlias = dict[tuple[str, str, str], set[str]]


def is_refutation(finding: Finding) -> bool:
    """Whether a finding of an image only tells that one of the Dockerfile is not so."""
    return bool(finding.image) and any(name == REFUTES for name, _ in finding.facts)


def is_refuted(finding: Finding) -> bool:
    """Whether an image shows that a finding of the Dockerfile, or a part of it, is not so."""
    return not finding.image and any(name == _FACT for name, _ in finding.facts)


def said(finding: Finding) -> str:
    """The message of a finding without what images refute of it."""
    return finding.message.removesuffix(_WHOLE).removesuffix(_PART) if is_refuted(finding) else finding.message


def refuted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings, those of the Dockerfile with what images refute of them, without the findings that told it.

    A refutation of what the Dockerfile is not found to say is kept only where it is sure of what that says, and none where
    an image of the same name says otherwise: the one of another platform.
    """
    telling = [index for index, one in enumerate(findings) if is_refutation(one) and one.active]
    kept = dict(enumerate(findings))
    for index in telling:
        del kept[index]
    names, there = _names(kept), _there(kept.values())
    shown: dict[int, list[str]] = {}
    for index in telling:
        one = findings[index]
        if _contradicted(one, there):
            continue
        twins = [at for at in names if _speaks_of(one, kept[at], names[at])]
        for at in twins:
            shown.setdefault(at, []).append(f"{one.image} {_SHOWN[kept[at].rule.name].format(one.key)}")
        if not twins and one.confidence is Confidence.HIGH:
            kept[index] = one
    kept.update({at: _with(kept[at], told) for at, told in shown.items()})
    return tuple(kept[index] for index in sorted(kept))


def denies(image: str, finding: Finding) -> bool:
    """Whether an image refutes all that a finding of the Dockerfile says."""
    known = _known(finding)
    if finding.rule.name == _MANY:
        return all(f"{image} {_BEFORE}{name}{_AFTER}" in known for name in finding.key.split(","))
    return any(one.startswith(f"{image} ") for one in known)


def is_denied(finding: Finding) -> bool:
    """Whether some image refutes all that a finding of the Dockerfile says."""
    if finding.rule.name != _MANY:
        return is_refuted(finding)
    return any(denies(image, finding) for image in {one.rpartition(f" {_BEFORE}")[0] for one in _known(finding)})


def _names(kept: Mapping[int, Finding]) -> dict[int, frozenset[str]]:
    """What each finding of a Dockerfile that can be refuted is about, by its index."""
    return {
        at: frozenset(one.key.split(",")) for at, one in kept.items() if not one.image and one.rule.name in REFUTABLE
    }


def _there(findings: Iterable[Finding]) -> _Said:
    """What images are found to have, by image, file and rule."""
    there: _Said = {}
    for one in findings:
        if one.image and not is_refutation(one):
            there.setdefault((one.image, one.uri, one.rule.name), set()).update(one.key.split(","))
    return there


def _contradicted(refutation: Finding, there: _Said) -> bool:
    """Whether an image of the same name is found to have what the refutation says that there is not."""
    found = there.get((refutation.image, refutation.uri, refutation.rule.name))
    return found is not None and (_MANY not in _refuted_rules(refutation) or refutation.key in found)


def _refuted_rules(refutation: Finding) -> list[str]:
    return [value for name, value in refutation.facts if name == REFUTES]


def _speaks_of(refutation: Finding, finding: Finding, names: frozenset[str]) -> bool:
    """Whether a refutation is of this finding of the Dockerfile: of packages where they are installed, else of who runs."""
    if finding.uri != refutation.uri or finding.rule.name not in _refuted_rules(refutation):
        return False
    return finding.rule.name != _MANY or (refutation.key in names and finding.region.meets(refutation.region))


def _with(finding: Finding, shown: Sequence[str]) -> Finding:
    """The finding of the Dockerfile and what images show."""
    known = _known(finding)
    told = dict.fromkeys(one for one in shown if one not in known)
    refuted = finding._replace(facts=(*finding.facts, *((_FACT, one) for one in told)))
    return refuted._replace(message=f"{said(finding)}{_WHOLE if is_denied(refuted) else _PART}")


def _known(finding: Finding) -> frozenset[str]:
    """What images refute so far. A fact says so, for what a file has in it may be in a message, but in no fact."""
    return frozenset(value for name, value in finding.facts if name == _FACT)
