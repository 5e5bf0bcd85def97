"""What the checks of image names share: the uses of external images, and the problem on one of them."""

from collections.abc import Iterator

from scanguard.build.model import Build, ImageUse, Role
from scanguard.model.finding import Problem, Step
from scanguard.model.reference import ImageReference
from scanguard.model.rule import Severity


def uses(build: Build) -> Iterator[tuple[ImageUse, ImageReference]]:
    """Every use of an external image whose name is known."""
    for use in build.images:
        if use.reference is not None:
            yield use, use.reference


def problem_at(build: Build, use: ImageUse, message: str) -> Problem:
    """A problem on the image's name; the ARGs that gave it are related, a stage that nothing needs lowers it."""
    related = tuple(
        Step(f"'{variable.name}' is set to '{variable.value.text}' here", variable.span)
        for variable in use.variables
        if variable.span is not None and variable.value.known
    )
    unreached = build.stages[use.stage].role is Role.UNREACHED
    return Problem(
        message, use.span, use.stage, severity=Severity.LOW if unreached else None, related=related, key=use.value.text
    )
