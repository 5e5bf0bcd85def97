"""The checks that come with ScanGuard. One module is one rule."""

from collections.abc import Iterable

from scanguard.plugin import Check, hookimpl


def builtin_checks() -> tuple[Check, ...]:
    """All first-party checks, in the order of their ids."""
    from scanguard.checks import dockerfile

    return dockerfile.CHECKS


@hookimpl
def scanguard_checks() -> Iterable[Check]:
    """First-party checks come through the same hook as everyone's."""
    return builtin_checks()
