"""Trivy made ready, once for all images of a run: which program, with which settings and database."""

import os
import time

from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification
from scanguard.threads import Stop
from scanguard.trivy import memory
from scanguard.trivy.database import ready
from scanguard.trivy.program import Program, approve, find
from scanguard.trivy.settings import During, Say, TrivySettings, demand_local, silent, unwatched


class Ready(NamedTuple):
    """A Trivy that can scan, and what is to be said of its database.

    `known` is all that its answers depend on beside the image; empty where no answers are to be kept. `during` tells people
    what goes on while its block runs.
    """

    program: Program
    settings: TrivySettings
    notifications: tuple[Notification, ...] = ()
    known: str = ""
    during: During = unwatched


def prepare(
    settings: TrivySettings,
    *,
    cwd: str,
    now: float,
    say: Say = silent,
    during: During = unwatched,
    stop: Stop | None = None,
    beside: str = "",
    repository: str = "",
) -> Ready:
    """Find Trivy, make sure that it may be run and that its database is there; once for all images of a run.

    `settings` are complete (`TrivySettings.completed`). `cwd` is the working directory, `repository` the scanned one: Trivy
    is taken from neither by itself. `beside` is the interpreter's directory, `now` the time in seconds since 1970; `say`
    gets a line for people before something takes long, `during` what goes on while its block runs. Raises TargetError, and
    ConfigurationError for a program that must not be run and for what is offline and would ask a server.
    """
    demand_local(settings)
    program = approve(find(settings.path, os.environ, cwd, beside, repository), settings.sha256, settings.cache, stop)
    if not settings.cache and not settings.server:
        raise TargetError("Trivy has no place for its database: set HOME, XDG_CACHE_HOME or the cache directory")
    with during("Trivy's vulnerability database is made ready"):
        told = ready(program, settings, now, say, stop)
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    return Ready(program, settings, told, memory.circumstances(program, settings, day), during)
