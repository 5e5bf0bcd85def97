"""What Trivy says of an image: what it said of the same layers before, or else what one run finds.

What a run needs is loaded only where there is one: most checks are of images that did not change.
"""

import os
from collections.abc import Callable

from scanguard.image.inventory import Inventory
from scanguard.image.nodes import ImageSource
from scanguard.model.errors import TargetError
from scanguard.threads import Stop
from scanguard.trivy import memory
from scanguard.trivy.base_guess import guessed_base, hides_own, treatment
from scanguard.trivy.prepare import Ready


def scan(
    source: ImageSource,
    trivy: Ready,
    *,
    base_layers: int | None = None,
    stop: Stop | None = None,
    stamp: Callable[[str], str] = lambda _: "",
) -> Inventory:
    """All that Trivy says of an image.

    `base_layers` is how many layers are the base image's, None where that is unknown: Trivy guesses it and looks for no
    secrets there; a wrong guess is worked around. `stamp` tells what changes whenever the file at a path does, empty where
    nothing tells: what a file says of its digests is believed only of the very file that was verified. Raises TargetError
    where there is no whole answer, and KeyboardInterrupt where `stop` is set.
    """
    image, settings = source.image, trivy.settings
    everywhere = settings.secrets and hides_own(image, base_layers)
    guessed = 0 if everywhere or not settings.secrets else min(guessed_base(image.history), len(image.diff_ids))
    known = _known(source, trivy, stamp)
    answer = memory.place(settings, known, image, treatment(image, guessed))
    found = memory.recall(answer)
    if found is None:
        from scanguard.trivy.command import scanned
        from scanguard.trivy.private import private_directory

        try:
            with trivy.during(_work(source)), private_directory() as private:
                found = scanned(source, trivy, guessed, everywhere, private, stop)
        except OSError as error:
            raise TargetError(f"Trivy could not be run: {error.strerror or error}") from error
        if known == _known(source, trivy, stamp):
            memory.keep(answer, found)
    return found


def _work(source: ImageSource) -> str:
    """What is done, for people who wait for it."""
    count = len(source.image.diff_ids)
    size = f"{max(1, round(os.path.getsize(source.path) / 1e6))} MB, " if _is_file(source) else ""
    return f"Trivy scans {source.image.reference} ({size}{count} {'layer' if count == 1 else 'layers'})"


def _is_file(source: ImageSource) -> bool:
    """Whether the image is a file by itself; an image of a daemon may have to be saved before it has one."""
    return not source.daemon and os.path.isfile(source.path)


def _known(source: ImageSource, trivy: Ready, stamp: Callable[[str], str]) -> str:
    """All that the answer depends on beside the digests of the layers, which a daemon has verified; empty where unknown."""
    if source.daemon or not source.path or not trivy.known:
        return trivy.known
    stamped = stamp(source.path)
    return f"{trivy.known}\n{stamped}" if stamped else ""
