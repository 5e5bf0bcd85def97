"""How Trivy's vulnerability database comes here: from one mirror after the other, put in place whole."""

import os
from collections.abc import Callable
from random import random

from scanguard.model.errors import TargetError
from scanguard.process import run
from scanguard.threads import Stop
from scanguard.trivy.failures import TrivyError, explained, unwritable
from scanguard.trivy.flags import COMMON
from scanguard.trivy.private import private_directory
from scanguard.trivy.program import Program
from scanguard.trivy.settings import TrivySettings

ROUNDS = 3
"""How often the list of mirrors is gone through while they fail in ways that pass."""
_DOWNLOAD_SECONDS = 900


def download(program: Program, settings: TrivySettings, stop: Stop | None, pause: Callable[[float], None]) -> None:
    """Try the mirrors in order, and again after a while where they failed in a way that passes.

    Raises TargetError with the last mirror's reason, after all have failed.
    """
    errors: dict[str, TrivyError] = {}
    for round_ in range(ROUNDS):
        for repository in settings.db_repository:
            try:
                return _fetch(program, settings.cache, repository, stop)
            except TrivyError as error:
                errors[repository] = error
        if not any(error.failure.again for error in errors.values()) or round_ == ROUNDS - 1:
            break
        pause(2**round_ + random())  # noqa: S311 - spreads machines over time, hides nothing
    if not errors:
        raise TargetError("no place is named from which Trivy's vulnerability database could be downloaded")
    tried = ", ".join(settings.db_repository)
    name, last = list(errors.items())[-1]
    same = len({error.message for error in errors.values()}) == 1
    whose = "" if same else f"; this is of {name}"
    raise TrivyError(last.failure, f"{last.message} (tried: {tried}{whose})")


def _fetch(program: Program, cache: str, repository: str, stop: Stop | None) -> None:
    """Download from one place into a directory beside the cache's, then put the files in place."""
    with private_directory(os.path.join(cache, "scanguard")) as private:
        words = [program.path, "image", "--download-db-only", *COMMON, "--no-progress"]
        words += ["--cache-dir", private, "--db-repository", repository]
        ended = run(words, timeout=_DOWNLOAD_SECONDS, extra={"TMPDIR": private}, stop=stop)
        if ended.code != 0 or ended.timed_out:
            raise explained(ended, cache)
        if not os.path.isfile(os.path.join(private, "db", "trivy.db")):
            raise TargetError("Trivy's vulnerability database was downloaded and is not there")
        try:
            os.makedirs(os.path.join(cache, "db"), exist_ok=True)
            for name in ("trivy.db", "metadata.json"):
                os.replace(os.path.join(private, "db", name), os.path.join(cache, "db", name))
        except OSError as error:
            raise unwritable(f"{cache}/db", error) from error
