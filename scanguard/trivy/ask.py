"""What Trivy says of an image: what it said of the same layers before, or else what one run finds.

What a run needs is loaded only where there is one: most checks are of images that did not change.
"""

import os
import time
from collections.abc import Callable

from scanguard.image.inventory import Inventory
from scanguard.image.nodes import ImageSource
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification
from scanguard.threads import Stop
from scanguard.trivy import memory
from scanguard.trivy.base_guess import guessed_base, hides_own, treatment
from scanguard.trivy.database import Say, ready
from scanguard.trivy.program import Program, approve, find
from scanguard.trivy.settings import TrivySettings


class Ready(NamedTuple):
    """A Trivy that can scan, and what is to be said of its database.

    `known` is all that its answers depend on beside the image; empty where no answers are to be kept.
    """

    program: Program
    settings: TrivySettings
    notifications: tuple[Notification, ...] = ()
    known: str = ""


def silent(_: str) -> None:
    """Say nothing."""


def prepare(
    settings: TrivySettings,
    *,
    cwd: str,
    now: float,
    say: Say = silent,
    stop: Stop | None = None,
    beside: str = "",
    repository: str = "",
) -> Ready:
    """Find Trivy, make sure that it may be run and that its database is there; once for all images of a run.

    `settings` are complete (`TrivySettings.completed`). `cwd` is the working directory, `repository` the scanned one: Trivy
    is taken from neither by itself. `beside` is the interpreter's directory, `now` the time in seconds since 1970; `say`
    gets a line for people before something takes long. Raises TargetError, and ConfigurationError for a program that must
    not be run.
    """
    program = approve(find(settings.path, os.environ, cwd, beside, repository), settings.sha256, settings.cache, stop)
    if not settings.cache and not settings.server:
        raise TargetError("Trivy has no place for its database: set HOME, XDG_CACHE_HOME or the cache directory")
    told = ready(program, settings, now, say, stop)
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    return Ready(program, settings, told, memory.circumstances(program, settings, day))


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
            with private_directory() as private:
                found = scanned(source, trivy, guessed, everywhere, private, stop)
        except OSError as error:
            raise TargetError(f"Trivy could not be run: {error.strerror or error}") from error
        if known == _known(source, trivy, stamp):
            memory.keep(answer, found)
    return found if base_layers is None else found._replace(unsearched_layers=0)


def _known(source: ImageSource, trivy: Ready, stamp: Callable[[str], str]) -> str:
    """All that the answer depends on beside the digests of the layers, which a daemon has verified; empty where unknown."""
    if source.daemon or not source.path or not trivy.known:
        return trivy.known
    stamped = stamp(source.path)
    return f"{trivy.known}\n{stamped}" if stamped else ""
