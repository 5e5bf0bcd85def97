"""How one check is to run, and what is said of one that fails; the same for Dockerfiles and for images."""

from collections.abc import Mapping

from scanguard.model.record import NamedTuple
from scanguard.model.rule import Severity
from scanguard.plugin import Check


class Setting(NamedTuple):
    """How the policy wants one check: with which severity (None: the rule's own) and which options."""

    check: Check
    severity: Severity | None
    options: Mapping[str, bool | int | str | tuple[str, ...]]


def describe(error: BaseException) -> str:
    """The kind of an error of the program, never its text: that might quote the file, and a secret with it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    module = trace.tb_frame.f_globals.get("__name__", "?")
    return f"{type(error).__name__} at {module}:{trace.tb_lineno}"
