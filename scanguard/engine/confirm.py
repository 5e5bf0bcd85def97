"""A defect that the Dockerfile shows and the image has is one finding: the Dockerfile's, and it says so."""

from collections.abc import Iterable, Mapping, Sequence

from scanguard.model.finding import Finding

SAME: Mapping[str, frozenset[str]] = {
    "image-root-user": frozenset({"root-user"}),
    "image-unknown-user": frozenset({"unknown-user"}),
    "secret-in-image-config": frozenset({"secret-in-environment", "secret-argument-used", "embedded-secret"}),
    "secret-file": frozenset({"secret-file-copied", "embedded-secret"}),
    "secret-in-image": frozenset({"secret-file-copied", "embedded-secret"}),
    "deleted-secret-file": frozenset({"deleted-secret"}),
}
"""What the rules of images find that rules of Dockerfiles find as well, by name."""


def confirmed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings without those of images that say again what one of the Dockerfile says of the same lines.

    The one that is kept names the image as a fact. Findings that are suppressed stay apart: an exception for a Dockerfile
    says nothing of an image, and none of an image anything of the Dockerfile.
    """
    static = [(index, one) for index, one in enumerate(findings) if not one.image and one.active]
    images: dict[int, dict[str, None]] = {}
    folded: set[int] = set()
    for index, one in enumerate(findings):
        if one.image and one.active and one.rule.name in SAME:
            twin = _twin(one, static)
            if twin is not None:
                images.setdefault(twin, {})[one.image] = None
                folded.add(index)
    return tuple(
        one._replace(facts=(*one.facts, ("confirmed by the image", ", ".join(images[index]))))
        if index in images
        else one
        for index, one in enumerate(findings)
        if index not in folded
    )


def _twin(finding: Finding, static: Iterable[tuple[int, Finding]]) -> int | None:
    """The index of the finding of the Dockerfile that says the same."""
    wanted = SAME[finding.rule.name]
    for index, one in static:
        if one.rule.name in wanted and one.uri == finding.uri and _meet(one, finding):
            return index
    return None


def _meet(one: Finding, other: Finding) -> bool:
    """Whether two findings have a line in common."""
    first, second = one.region, other.region
    return first.start_line <= second.end_line and second.start_line <= first.end_line
