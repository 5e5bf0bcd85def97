"""What another tool found in an image that we checked too: where it stands, and which of our findings says it already."""

import re
from collections.abc import Iterable, Iterator

from scanguard.model.finding import Finding
from scanguard.model.location import Region
from scanguard.model.reference import ImageReference
from scanguard.model.report import ScannedImage

_ALIASES = re.compile(r"^Also known as (.+)\.$", re.MULTILINE)
_CONFIRMED = "confirmed by the image"
_START = Region(1, 1, 1, 1)


class Images:
    """The images of a report, by all that they are called, and what we found in them."""

    def __init__(self, images: Iterable[ScannedImage], own: Iterable[Finding]) -> None:
        self._known: dict[str, ScannedImage] = {}
        for image in images:
            for name in (image.name, ImageReference.parse(image.reference).familiar):
                self._known.setdefault(name, image)
        self._codes: dict[tuple[str, str], list[int]] = {}
        self._secrets: dict[tuple[str, str], list[int]] = {}
        self._own = tuple(own)
        for at, finding in enumerate(self._own):
            for code in (finding.rule.id, *_aliases(finding)) if finding.image else ():
                self._codes.setdefault((finding.image, code.upper()), []).append(at)
            for secret in _secrets(finding):
                self._secrets.setdefault(secret, []).append(at)

    def placed(self, finding: Finding) -> Finding:
        """Another tool's finding under the name that the image has here, in its Dockerfile where we know that."""
        image = self._known.get(finding.image) if finding.image else None
        if image is None:
            return finding
        finding = finding._replace(image=image.name)
        return finding._replace(uri=image.uri, region=_START, origin="unknown") if image.uri else finding

    def same(self, finding: Finding, code: str) -> Iterator[int]:
        """Our findings of the same vulnerability in the same package, or of the same kind of secret in the same file."""
        if finding.rule.category == "secrets":
            yield from self._secrets.get((finding.image, finding.key), ())
            return
        for at in self._codes.get((finding.image, code.upper()), ()):
            if not finding.key or _plain(finding.key) in map(_plain, self._own[at].key.split(",")):
                yield at


def _plain(package: str) -> str:
    """A package without the group that Trivy writes before those of Java."""
    return package.rpartition(":")[2].lower()


def _aliases(finding: Finding) -> Iterator[str]:
    for names in _ALIASES.findall(finding.rule.help):
        yield from names.split(", ")


def _secrets(finding: Finding) -> Iterator[tuple[str, str]]:
    """The image, and the path and the kind of each secret that a finding is about, or that it confirms."""
    kinds = [value for name, value in finding.facts if name == "kind"]
    files = [value for name, value in finding.facts if name == "file"]
    files += [value[1:].partition("' holds a secret")[0] for name, value in finding.facts if name == "contents"]
    images = [finding.image] if finding.image else []
    images += [one for name, value in finding.facts if name == _CONFIRMED for one in value.split(", ")]
    if kinds and finding.image and not files:
        files = [finding.key]
    for image in images:
        yield from ((image, f"{file.lstrip('/')}:{kind}") for file in files for kind in kinds)
