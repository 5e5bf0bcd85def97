"""A defect that the Dockerfile shows and the image has is one finding: the Dockerfile's, and it says so."""

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import TypeAlias

from scanguard.engine.refute import denies, is_denied, is_refutation, refuted
from scanguard.model.finding import Finding
from scanguard.model.glob import matches
from scanguard.model.rule import Severity

_Alike: TypeAlias = Callable[[Finding, Finding], bool]
_CONFIRMED = "confirmed by the image"
_GRADE = "severity without the image"
_ACCEPT = "accept with"
_COMMENT = re.compile(r"ignore\[([^\]]*)\] reason=\S+ above line (\d+)")
# Facts that a finding which takes another one in says by itself.
_TOLD = frozenset({"named in the Dockerfile", "file"})
_VALUES = frozenset({"secret-in-image-config"})

SAME: Mapping[str, frozenset[str]] = {
    "image-root-user": frozenset({"root-user"}),
    "image-unknown-user": frozenset({"unknown-user"}),
    "secret-in-image-config": frozenset(
        {"secret-in-environment", "secret-argument-used", "embedded-secret", "credential-command"}
    ),
    "secret-file": frozenset({"secret-file-copied", "embedded-secret"}),
    "secret-in-image": frozenset({"secret-file-copied", "embedded-secret", "deleted-secret"}),
    "deleted-secret-file": frozenset({"deleted-secret"}),
    "build-tools-present": frozenset({"build-tools-installed", "build-tools-copied", "toolchain-base"}),
    "setuid-file": frozenset({"sudo-installed"}),
}
"""What the rules of images find that rules of Dockerfiles find as well, by name."""
READ: Mapping[str, frozenset[str]] = {"secret-in-image": frozenset({"secret-file", "deleted-secret-file"})}
"""What is found in files whose names another rule of images reports already."""


def confirmed(findings: Sequence[Finding], held: Container[str] = ()) -> tuple[Finding, ...]:
    """The findings without those of images that say again what one of the Dockerfile, or of the same image, says.

    The one that is kept has the other's facts too, and of the two the higher confidence; a finding of the Dockerfile names
    the image, and either says how all of it is accepted: each rule by its name. Where the contents of a file or a value were
    read, the higher severity holds. Findings that are suppressed stay apart: an exception for a Dockerfile says nothing of an
    image, and none of an image anything of the Dockerfile. Equal findings, of two tags of an image or of two platforms, are
    one. A finding of the Dockerfile that an image refutes as a whole, and that none confirms, is a note, unless its rule is
    `held`: what is locked against a repository is so against its images.
    """
    findings = refuted(tuple(dict.fromkeys(findings)))
    static = [(index, one) for index, one in enumerate(findings) if not one.image and one.active]
    named = [(index, one) for index, one in enumerate(findings) if one.image and one.active and _reads(one)]
    folded: dict[int, int] = {}
    for index, one in enumerate(findings):
        if one.image and one.active and not is_refutation(one):
            # Where no Dockerfile is known to be the image's, its findings stand where one would be, and mean none of its lines.
            twin = _twin(one, SAME, static) if one.origin else None
            if twin is None:
                twin = _twin(one, READ, [(at, other) for at, other in named if other.image == one.image])
            if twin is not None:
                folded[index] = twin
    kept: dict[int, Finding] = {index: one for index, one in enumerate(findings) if index not in folded}
    for index, twin in folded.items():
        # What was read in a file whose name is folded itself goes to the finding that is kept.
        last = folded.get(twin, twin)
        kept[last] = _joined(kept[last], findings[index])
    return tuple(one if one.rule.name in held else _settled(one) for one in kept.values())


def is_confirmed(finding: Finding) -> bool:
    """Whether an image says the same as this finding of a Dockerfile."""
    return not finding.image and any(name == _CONFIRMED for name, _ in finding.facts)


def _reads(finding: Finding) -> bool:
    return any(finding.rule.name in names for names in READ.values())


def is_settled(finding: Finding) -> bool:
    """Whether an image has made a note of this finding of a Dockerfile: nobody need accept it."""
    return not finding.image and any(name == _GRADE for name, _ in finding.facts)


def _settled(one: Finding) -> Finding:
    """A finding of the Dockerfile of which images leave nothing as a note, with the severity that it had."""
    if one.severity is Severity.NOTE or is_confirmed(one) or not is_denied(one):
        return one
    return one._replace(severity=Severity.NOTE, facts=(*one.facts, (_GRADE, one.severity.name.lower())))


def _unsettled(one: Finding) -> Finding:
    """A finding with the severity that it has without images: what one refutes another confirms."""
    graver = [Severity[value.upper()] for name, value in one.facts if name == _GRADE]
    return (
        one._replace(severity=graver[0], facts=tuple(fact for fact in one.facts if fact[0] != _GRADE))
        if graver
        else one
    )


def _joined(one: Finding, other: Finding) -> Finding:
    """The finding that is kept with what the other one adds."""
    one = _unsettled(one)
    facts = list(one.facts)
    if not one.image:
        images = [value for name, value in facts if name == _CONFIRMED]
        names = {*(images[0].split(", ") if images else ()), other.image}
        fact = (_CONFIRMED, ", ".join(sorted(names)))
        facts = [fact if name == _CONFIRMED else (name, value) for name, value in facts] if images else [*facts, fact]
    read = other.rule.name in READ
    told = (*other.facts, ("contents", _anew(other.message, one.message))) if read else other.facts
    if other.rule.name in _VALUES and other.severity > one.severity:
        told = (*told, ("value", other.message))
    graver = read or other.rule.name in _VALUES
    facts.extend(fact for fact in told if fact not in facts and fact[0] not in _TOLD)
    accepting = (_ACCEPT, _accepting(one, other))
    return one._replace(
        facts=(*(fact for fact in facts if fact[0] != _ACCEPT), accepting),
        confidence=max(one.confidence, other.confidence),
        severity=max(one.severity, other.severity) if graver else one.severity,
    )


def _accepting(one: Finding, other: Finding) -> str:
    """What to write to accept a finding with all that was taken in and with the other one: comments, each above its line.

    Where no Dockerfile is known there is no line, and the policy has to say it.
    """
    before = next((value for name, value in one.facts if name == _ACCEPT), "")
    rules: dict[int, list[str]] = {int(line): names.split(", ") for names, line in _COMMENT.findall(before)}
    first, last = one.lines if one.lines[0] else (one.region.start_line, one.region.end_line)
    at = first if first <= other.region.start_line <= last else other.region.start_line
    for line, rule in ((first, one.rule.name), (at, other.rule.name)):
        rules.setdefault(line, []).append(rule)
    named = {line: ", ".join(dict.fromkeys(names)) for line, names in sorted(rules.items())}
    if one.image and not one.origin:
        return f"exceptions of the policy for {named[first]}"
    return "; ".join(f'# scanguard: ignore[{names}] reason="why" above line {line}' for line, names in named.items())


def _anew(message: str, said: str) -> str:
    """A message without those sentences at its end with which the other one ends as well."""
    first, *rest = message.split(". ")
    for at in range(len(rest)):
        if said.endswith(f". {'. '.join(rest[at:])}"):
            return f"{'. '.join((first, *rest[:at]))}."
    return message


def _twin(finding: Finding, rules: Mapping[str, frozenset[str]], others: Iterable[tuple[int, Finding]]) -> int | None:
    """The index of the finding that says the same."""
    wanted = rules.get(finding.rule.name)
    if wanted is None:
        return None
    alike = _ALIKE.get(finding.rule.name, _of_one_line)
    for index, one in others:
        if (
            one.rule.name in wanted
            and one.uri == finding.uri
            and alike(one, finding)
            and not denies(finding.image, one)
        ):
            return index
    return None


def _of_one_line(one: Finding, finding: Finding) -> bool:
    return one.region.meets(finding.region)


def _of_known_line(one: Finding, finding: Finding) -> bool:
    """A layer that nobody is known to have made stands at FROM, whatever is wrong with the base image."""
    return finding.origin != "unknown" and _of_one_line(one, finding)


def _of_account(one: Finding, finding: Finding) -> bool:
    return f"'{finding.key}'" in one.message and _of_known_line(one, finding)


def _of_one_stage(one: Finding, finding: Finding) -> bool:
    """The lack of a USER stands at the FROM of the stage, or at that of the stage that it is built on."""
    return finding.origin != "unknown" and (_of_one_line(one, finding) or one.stage == finding.stage)


def _of_one_file(one: Finding, finding: Finding) -> bool:
    """Whether both are about one file: by its name or that of a directory above it, or by the name that COPY gives it."""
    if not one.region.meets(finding.region):
        return False
    if one.rule.name == "embedded-secret":
        return True
    parts = _path(finding).strip("/").split("/")
    if one.image:
        return _path(one) == _path(finding)
    name = _last(one.key)
    renamed = _last(one.instruction.rpartition(" ")[2].strip('"]'))
    return any(matches(name, part) for part in parts) or renamed == parts[-1]


def _of_one_value(one: Finding, finding: Finding) -> bool:
    """Whether both are about one value, by the name that holds it, else by its kind.

    An argument is where RUN uses it, under the name of the ENV that keeps it, or anywhere in its stage under its own.
    """
    places = [place for place in one.related if place.region.meets(finding.region)]
    if finding.key in (one.key, *one.key.split(":", 1)) and (places or one.region.meets(finding.region)):
        return True
    arguments = {"credential-command": one.key.split(":")[1:], "secret-argument-used": [one.key]}.get(one.rule.name, [])
    if one.stage == finding.stage and finding.key in arguments:
        return True
    return any(f"'{finding.key}'" in place.message for place in places)


def _of_sudo(one: Finding, finding: Finding) -> bool:
    return _last(finding.key) == "sudo" and _of_known_line(one, finding)


def _path(finding: Finding) -> str:
    """The path of a file in an image: the key of a finding of its name, and its beginning where its contents were read."""
    file = next((value for name, value in finding.facts if name == "file"), finding.key)
    return f"/{file.lstrip('/')}"


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


_ALIKE: Mapping[str, _Alike] = {
    "image-root-user": _of_one_stage,
    "setuid-file": _of_sudo,
    "image-unknown-user": _of_account,
    "build-tools-present": _of_known_line,
    "secret-file": _of_one_file,
    "secret-in-image": _of_one_file,
    "deleted-secret-file": _of_one_file,
    "secret-in-image-config": _of_one_value,
}
