"""What the entry point names: the hooks that this plugin implements."""

from collections.abc import Iterable

from scanguard.plugin import Check, hookimpl
from scanguard_example import missing_source_label


@hookimpl
def scanguard_checks() -> Iterable[Check]:
    """Return the checks of this plugin."""
    return (missing_source_label.check,)
