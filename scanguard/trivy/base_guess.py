"""Which layers Trivy takes for the base image's, where it looks for no secrets, and what is done about it.

Trivy goes by the history alone: the last CMD before the image's own settings at the end is, to it, the end of the base
image. A Dockerfile with a CMD in the middle, or one that goes on from a stage with a CMD, so hides the secrets of all its
earlier layers. And what was found in a layer is kept without saying whether secrets were looked for.
"""

from collections.abc import Sequence

from scanguard.image.nodes import HistoryEntry, Image

_ENDS = ("/bin/sh -c #(nop)  CMD", "CMD")


def guessed_base(history: Sequence[HistoryEntry]) -> int:
    """How many layers, from the bottom, Trivy takes for the base image's."""
    end = len(history) - 1
    while end >= 0 and history[end].empty:
        end -= 1
    for index in range(end, -1, -1):
        if history[index].empty and history[index].created_by.startswith(_ENDS):
            return sum(not entry.empty for entry in history[:index])
    return 0


def hides_own(image: Image, base_layers: int | None) -> bool:
    """Whether Trivy would look for no secrets in layers of the Dockerfile's own. What is unknown does not count."""
    return base_layers is not None and min(guessed_base(image.history), len(image.diff_ids)) > base_layers


def without_guess(history: Sequence[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    """A history in which Trivy sees no end of a base image: its CMDs in small letters."""
    return tuple(
        entry._replace(created_by=entry.created_by.replace("CMD", "cmd", 1))
        if entry.empty and entry.created_by.startswith(_ENDS)
        else entry
        for entry in history
    )


def treatment(image: Image, guessed: int) -> str:
    """A name for how Trivy treats the layers of an image, so that no other treatment's answers are taken from a cache."""
    if not guessed:
        return "all"
    from hashlib import sha256

    return sha256("\n".join(image.diff_ids[:guessed]).encode()).hexdigest()[:32]
