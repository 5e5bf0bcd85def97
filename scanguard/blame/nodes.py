"""What blame answers with."""

from collections.abc import Callable
from enum import Enum
from typing import Protocol

from scanguard.model.finding import Step
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

SET_ID = 0o6000
"""The bits of a file's mode that give who runs it the rights of its owner and of its group: set-user-ID and set-group-ID."""


class Certainty(Enum):
    """How an origin is known.

    EXACT: this instruction. SPAN: these instructions together, since the builder made one layer of them. CANDIDATES: one
    of these. BASE: it was in the base image already. UNKNOWN: see the reason.
    """

    EXACT = "exact"
    SPAN = "span"
    CANDIDATES = "candidates"
    BASE = "base"
    UNKNOWN = "unknown"


class Shown(NamedTuple):
    """What the layers show of a path that blame is asked for.

    `means` gives the paths, links followed, that an absolute path may lead to while the layer is made: one only where that
    is certain, none where it is unknown. `fresh` says that no lower layer can have given the file what is asked about: its
    contents, or, where `bits` are not 0, these of its set-id bits (0o6000). `size` is that of the file, in bytes, None
    where it is none of this layer's.
    """

    means: Callable[[str], frozenset[str]]
    fresh: bool
    bits: int = 0
    size: int | None = None


class Origin(NamedTuple):
    """Where in the Dockerfile a part of an image comes from.

    `spans` are places in the Dockerfile, the one to change first: one for EXACT and BASE (the image's name after FROM),
    none for UNKNOWN. `reason` is a sentence: why it is unknown, or how it was told where that was not by layers alone.
    `stage` is the stage of the first span. `layer` counts the image's layers from 0. `heuristic` marks an answer of the
    symbolic build without a builder's image to prove it. `related` are other places that explain: the COPY that brought a
    builder's file, the instruction that removed it.
    """

    certainty: Certainty
    spans: tuple[Span, ...] = ()
    reason: str = ""
    stage: int | None = None
    layer: int | None = None
    heuristic: bool = False
    related: tuple[Step, ...] = ()


class Blame(Protocol):
    """The answers for one image and one build of a Dockerfile; `scanguard.blame.align.align` makes it.

    `matched` is the part of the Dockerfile's own instructions that the history shows (0 to 1), `reason` says why nothing
    can be told where nothing can, `changed` that the Dockerfile and the image may differ a little. `difference` is a sentence
    that says how they certainly differ, empty where they do not and where the history does not tell. `base_layers` is how
    many layers the base image made, None where that is unknown; `base` names the base as the FROM line does.
    """

    matched: float
    changed: bool
    reason: str
    difference: str
    base: str
    base_layers: int | None

    def layer(self, index: int) -> Origin:
        """Who made a layer, counted from 0."""

    def path(self, index: int, path: str, shown: Shown | None = None) -> Origin:
        """Who put a path (without a leading `/`) into a layer; files that were copied are followed into their stage.

        Of several instructions that made one layer only one is named where what is `shown` proves that it was the one.
        """

    def entry(self, index: int) -> Origin:
        """Who wrote an entry of the image's history, counted from 0."""

    def setting(self, instruction: str, key: str = "") -> Origin:
        """Who set a part of the configuration: `USER`, `ENV` with a variable's name, `EXPOSE` with a port."""
