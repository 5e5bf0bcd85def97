"""Trivy's checks as a plugin like any other."""

from collections.abc import Iterable

from scanguard.plugin import Check, hookimpl


def checks() -> tuple[Check, ...]:
    """The checks over what Trivy says of an image, in the order of their ids."""
    from scanguard.trivy.checks import CHECKS

    return CHECKS


@hookimpl
def scanguard_checks() -> Iterable[Check]:
    """First-party checks come through the same hook as everyone's."""
    return checks()
