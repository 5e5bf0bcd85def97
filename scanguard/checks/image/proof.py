"""Whether an image was built from this very Dockerfile, with the same values: only then it may refute what that says."""

import re
from collections.abc import Mapping

from scanguard.blame.nodes import Blame, Certainty
from scanguard.build.model import BuildStep
from scanguard.checks.image.history import history
from scanguard.image.problems import ImagePlace
from scanguard.model.record import NamedTuple
from scanguard.plugin import ImageScan, Span, Stage

_COUNT = re.compile(r"\|(\d{1,4}) ")


class Proof(NamedTuple):
    """The stage of an image that may refute it. `written` are the entries of the history that its RUNs wrote, by span."""

    stage: Stage
    written: Mapping[Span, ImagePlace]

    @property
    def layers(self) -> frozenset[int]:
        """The layers that these RUNs made."""
        return frozenset(place.layer for place in self.written.values() if place.layer is not None)


def proof(scan: ImageScan) -> Proof | None:
    """The stage that ships where the image proves to be its; None where it does not.

    A Dockerfile that says no more than FROM proves nothing: any image may have been built from it. Neither does one
    whose base image, or whose commands, a `--build-arg` may have made others.
    """
    blame, stage = scan.blame, scan.build.shipped if scan.build is not None else None
    if blame is None or stage is None or blame.reason or blame.changed:
        return None
    steps = {step.span: step for below in stage.lineage for step in below.steps if step.instruction.keyword != "FROM"}
    if not steps or any("$" in below.node.image.text for below in stage.lineage):
        return None
    written = _written(scan, blame, steps)
    return None if written is None else Proof(stage, written)


def _written(scan: ImageScan, blame: Blame, steps: dict[Span, BuildStep]) -> dict[Span, ImagePlace] | None:
    """The entries that each RUN is known to have written; None where one did so with other arguments."""
    written: dict[Span, ImagePlace] = {}
    for past in history(scan):
        origin = blame.entry(past.entry)
        step = steps.get(origin.spans[0]) if origin.certainty is Certainty.EXACT else None
        if past.keyword != "RUN" or step is None:
            continue
        if not _agree(past.arguments, step):
            return None
        written[step.span] = past.place
    return written


def _agree(arguments: str, step: BuildStep) -> bool:
    """Whether a builder wrote the values of build arguments that the Dockerfile gives them: `|1 NAME=value`."""
    known = [one for one in step.variables.values() if one.kind != "ENV" and one.value.known]
    count = _COUNT.match(arguments)
    if (int(count[1]) if count else 0) != len(known):
        return False
    return all(f" {one.name}={one.value.text} " in f"{arguments} " for one in known)
