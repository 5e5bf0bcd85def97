"""Which common commands the layers of an image have in other places than the system, or bring anew."""

from collections.abc import Sequence

from scanguard.blame.effects import NAMES
from scanguard.blame.trust import SYSTEM
from scanguard.image.nodes import Entry, Kind, LayerContents

_KINDS = frozenset((Kind.FILE, Kind.SYMLINK, Kind.HARDLINK))
# Where no shell looks for programs.
_ELSEWHERE = ("usr/lib/", "usr/share/", "etc/", "var/")


def programs(contents: Sequence[LayerContents]) -> frozenset[str]:
    """The names of common commands that stand where the system has none, or that the last of these layers brings."""
    return frozenset(
        name
        for index, layer in enumerate(contents, 1)
        for one in layer.entries
        if (name := one.path.rpartition("/")[2]) in NAMES and _runs(one, system=index == len(contents))
    )


def _runs(entry: Entry, *, system: bool) -> bool:
    """Whether this may be a program where a shell looks for some, with those of the system or without them."""
    if entry.kind not in _KINDS or entry.path.startswith(_ELSEWHERE):
        return False
    able = entry.kind is Kind.HARDLINK or bool(entry.mode & 0o111)
    return able and (system or f"/{entry.path.rpartition('/')[0]}" not in SYSTEM)
