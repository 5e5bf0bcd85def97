"""The commands that an image's own history ran, for the checks of what no file of the image shows."""

from collections.abc import Iterator

from scanguard.build.commands import Invocation
from scanguard.checks.image.history import Past, evaluated, history
from scanguard.model.rule import Confidence
from scanguard.plugin import ImageScan


def own_commands(scan: ImageScan) -> Iterator[tuple[Past, tuple[Invocation, ...]]]:
    """Each RUN of the history that is not the base's, with its commands."""
    for past in history(scan):
        if past.own and past.keyword == "RUN" and past.text:
            build = evaluated(past.text)
            yield past, tuple(call for stage in build.stages for step in stage.steps for call in step.invocations)


def told_by_history(scan: ImageScan) -> Confidence:
    """How sure a check is that reads the history: what is the base's is only known where its layers are."""
    return Confidence.LOW if scan.base_layers is None else Confidence.HIGH
