"""What single images gave, and what only all images of a policy together tell."""

from collections.abc import Iterator, Mapping, Sequence

from scanguard.blame.nodes import Certainty
from scanguard.engine.refute import is_refutation
from scanguard.image.inventory import Inventory
from scanguard.model.finding import LEFT_OUT, Finding
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, ScannedFile, ScannedImage


class CheckedImage(NamedTuple):
    """What one image gave; `images` has the image and `files` its Dockerfile, or nothing where it could not be read.

    `ran` are the names of the rules that looked at the image, `unused` the findings of comments that hide nothing in it.
    """

    images: tuple[ScannedImage, ...]
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]
    files: tuple[ScannedFile, ...] = ()
    inventory: Inventory | None = None
    ran: frozenset[str] = frozenset()
    unused: tuple[Finding, ...] = ()


class CheckedImages(NamedTuple):
    """What all images of a policy gave. `settled` are notifications of other parts of a run that these images refute."""

    images: tuple[CheckedImage, ...]
    notifications: tuple[Notification, ...] = ()
    settled: tuple[Notification, ...] = ()

    @property
    def ran(self) -> Mapping[str, frozenset[str]]:
        """The names of the rules that looked at every image, by what the images are blamed on: of others little is known."""
        every = frozenset.intersection(*(one.ran for one in self.images))
        return {image.uri: every for one in self.images for image in one.images}

    def unused(self) -> Iterator[Finding]:
        """Comments that hide nothing in any image of their Dockerfile; none where an image could not be looked at."""
        if not all(one.images for one in self.images):
            return
        by_file: dict[str, list[CheckedImage]] = {}
        for one in self.images:
            by_file.setdefault(one.images[0].uri, []).append(one)
        for several in by_file.values():
            others = [{_place(finding) for finding in one.unused} for one in several[1:]]
            yield from (finding for finding in several[0].unused if all(_place(finding) in said for said in others))


def counted(image: ScannedImage, findings: Sequence[Finding]) -> ScannedImage:
    """The image with the numbers of its findings that nobody accepted; those that `--exclude-base` leaves out count.

    What only refutes a finding of the Dockerfile is no defect of the image.
    """
    found = [one for one in findings if all(mark == LEFT_OUT for mark in one.suppressions) and not is_refutation(one)]
    inherited = sum(one.origin == Certainty.BASE.value for one in found)
    unknown = sum(one.origin in ("", Certainty.UNKNOWN.value) for one in found)
    return image._replace(inherited=inherited, own=len(found) - inherited - unknown, unknown=unknown)


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.region, finding.key
