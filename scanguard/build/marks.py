"""What apt keeps of a package: whether somebody asked for it (manual), or it is there for others (auto).

`apt-get autoremove` takes away what is there for others that are gone: https://manpages.debian.org/apt-mark.8
"""

from scanguard.build.commands import Invocation
from scanguard.build.simulation import simulates

MANUAL, AUTO = "manual", "auto"
METAPACKAGES: dict[str, tuple[str, ...]] = {"build-essential": ("gcc", "g++", "make")}
"""Packages that hold nothing but bring others: to remove one leaves those. https://packages.debian.org/stable/build-essential"""
NEEDS: dict[str, tuple[str, ...]] = {"g++": ("gcc",)}
"""What goes with another package: g++ where gcc is removed."""
_VERBS = {"auto": AUTO, "markauto": AUTO, "manual": MANUAL, "unmarkauto": MANUAL}
_SHOWN = {"showauto": AUTO, "showmanual": MANUAL}
_SWEEPS = frozenset(("autoremove", "autopurge", "--auto-remove", "--autoremove"))


def marks(call: Invocation) -> str:
    """How a command marks packages, MANUAL or AUTO; empty for other commands."""
    return _VERBS.get(call.words[0], "") if call.name == "apt-mark" and call.words else ""


def shows(call: Invocation) -> str:
    """Which packages a command lists, the MANUAL or the AUTO ones; empty for other commands."""
    return _SHOWN.get(call.words[0], "") if call.name == "apt-mark" and call.words else ""


def handed_over(call: Invocation) -> tuple[Invocation, ...]:
    """The lists of packages that an `apt-mark` gets at once: through `xargs`, or as `$(apt-mark showmanual)`."""
    if not marks(call):
        return ()
    return tuple(one for one in (call.input, *call.inputs) if one is not None and shows(one))


def autoremoves(call: Invocation) -> bool:
    """Whether a command of apt takes away what is there for others that are gone; aptitude does beside what it removes."""
    if call.name not in ("apt-get", "apt", "aptitude") or any(
        simulates("apt", word, chosen=True) for word in call.words
    ):
        return False
    if call.name == "aptitude":
        return "remove" in call.words or "purge" in call.words
    return not _SWEEPS.isdisjoint(call.words)
