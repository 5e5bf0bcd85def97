"""What a check of images found. The engine asks blame for the line of the Dockerfile: no check guesses lines."""

from scanguard.model.record import NamedTuple
from scanguard.model.rule import Confidence, Rule, Severity


class ImagePlace(NamedTuple):
    """Where in an image something is.

    `layer` counts from 0, None for what no layer made (a setting) or where no layer is known. `path` has no leading `/`.
    `setting` is the instruction that sets a part of the configuration (`USER`, `ENV`, `EXPOSE`, …), `key` the name there
    (a variable, a label); `missing` says that the Dockerfile should set it and does not: the stage that ships lacks it. With a
    `layer` and a `path` blame follows copies into the stage that they came from. `entry` counts the entries of the image's
    history from 0: what it says of itself, a layer or none, is the work of that entry. Where `bits` are not 0, it is about
    these set-id bits of the file (0o6000) and not about its contents.
    """

    layer: int | None = None
    path: str = ""
    setting: str = ""
    key: str = ""
    missing: bool = False
    entry: int | None = None
    bits: int = 0


class ImageProblem(NamedTuple):
    """A defect of an image: `message`, `severity`, `confidence` and `key` as in `Problem`.

    `rule` is a rule made for this one defect, such as a vulnerability, in the place of the check's own. `facts` are shown
    as they are, in order: (name, value). `related` are further places in the image, with what is there.
    """

    message: str
    place: ImagePlace
    confidence: Confidence = Confidence.HIGH
    severity: Severity | None = None
    key: str = ""
    rule: Rule | None = None
    facts: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[str, ImagePlace], ...] = ()
