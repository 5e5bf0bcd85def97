"""Trivy's vulnerability database: how old it is, and how it comes here.

Trivy itself uses a database of any age without a word, and falls back to another mirror only for some of its failures.
So ScanGuard reads the date, tries the mirrors one after the other, and puts a new database in place whole: a scan that
runs meanwhile keeps reading the old one.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import sleep

from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification
from scanguard.process import Stop, run
from scanguard.trivy.failures import TrivyError, explained
from scanguard.trivy.flags import COMMON
from scanguard.trivy.private import private_directory
from scanguard.trivy.program import Program
from scanguard.trivy.settings import TrivySettings

ROUNDS = 3
"""How often the list of mirrors is gone through while they fail in ways that pass."""
_DAY = 86_400.0
_RECENT = 3600.0
_BIGGEST = 100_000
_DOWNLOAD_SECONDS = 900

Say = Callable[[str], None]


class Dates(NamedTuple):
    """What `metadata.json` says of a database, in seconds since 1970: 0 where it says nothing."""

    updated: float
    next_update: float
    downloaded: float


def ready(
    program: Program,
    settings: TrivySettings,
    now: float,
    say: Say,
    stop: Stop | None = None,
    pause: Callable[[float], None] = sleep,
) -> tuple[Notification, ...]:
    """Make the database ready; returns what is to be said about it: it is old, or could not be updated.

    `say` gets a line for people where a download begins. Raises TargetError where there is no database in the end. With a
    Trivy server nothing is done: the server has the database.
    """
    if settings.server:
        return ()
    told: list[Notification] = []
    if not settings.offline and _due(dates(settings.cache), now):
        told.extend(_updated(program, settings, now, say, stop, pause))
    found = dates(settings.cache)
    if found is None:
        raise TargetError(
            f"there is no vulnerability database in '{settings.cache}/db'; run once without --offline, or put one there"
        )
    told.extend(_age(found, settings, now))
    return tuple(told)


def dates(cache: str) -> Dates | None:
    """The dates of the database in a cache directory, None where there is none. Unreadable dates count as very old."""
    import json

    if not os.path.isfile(os.path.join(cache, "db", "trivy.db")):
        return None
    try:
        with open(os.path.join(cache, "db", "metadata.json"), "rb") as file:
            value = json.loads(file.read(_BIGGEST))
    except (OSError, ValueError, RecursionError):
        return Dates(0, 0, 0)
    if not isinstance(value, dict):
        return Dates(0, 0, 0)
    return Dates(*(_seconds(value.get(name)) for name in ("UpdatedAt", "NextUpdate", "DownloadedAt")))


def _seconds(value: object) -> float:
    """A time of RFC 3339 in seconds since 1970; 0 where it is none, or before that."""
    try:
        found = datetime.fromisoformat(str(value))
        return max(0.0, (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return 0.0


def _due(found: Dates | None, now: float) -> bool:
    """Whether there may be a newer database, and this one was not just fetched."""
    if found is None:
        return True
    return found.next_update <= now and not 0 <= now - found.downloaded < _RECENT


def _age(found: Dates, settings: TrivySettings, now: float) -> Iterator[Notification]:
    days = int((now - found.updated) / _DAY)
    date = datetime.fromtimestamp(found.updated, UTC).date().isoformat()
    since = f"is of {date}, {days} days old" if found.updated else "does not say how old it is"
    oldest = settings.oldest_days
    if oldest is not None and days > oldest:
        message = f"Trivy's vulnerability database {since}: what was published since is missing. At most {oldest} days are allowed."
        yield Notification("error", message)
    elif days > settings.stale_days:
        yield Notification("warning", f"Trivy's vulnerability database {since}: what was published since is missing.")


def _updated(
    program: Program,
    settings: TrivySettings,
    now: float,
    say: Say,
    stop: Stop | None,
    pause: Callable[[float], None],
) -> Iterator[Notification]:
    """Download unless another process just did. Raises TargetError where that fails and there is no older database."""
    try:
        with locked(os.path.join(settings.cache, "scanguard", "database.lock"), say):
            if not _due(dates(settings.cache), now):
                return
            say(f"Downloading Trivy's vulnerability database into {settings.cache}/db.")
            _download(program, settings, stop, pause)
    except TargetError as error:
        if dates(settings.cache) is None:
            raise
        yield Notification("warning", f"The vulnerability database was not updated: {error.message}.")


@contextmanager
def locked(path: str, say: Say) -> Iterator[None]:
    """Hold the lock of this name among all processes; waits for it. Raises TargetError where it cannot be made."""
    import fcntl

    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        message = f"Trivy's cache '{os.path.dirname(path)}' cannot be written: {error.strerror or error}"
        raise TargetError(message) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another process that downloads Trivy's vulnerability database.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _download(program: Program, settings: TrivySettings, stop: Stop | None, pause: Callable[[float], None]) -> None:
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
        pause(2**round_ + random.random())  # noqa: S311 - spreads machines over time, hides nothing
    if not errors:
        raise TargetError("no place is named from which Trivy's vulnerability database could be downloaded")
    tried = ", ".join(settings.db_repository)
    last = list(errors.values())[-1]
    raise TrivyError(last.failure, f"{last.message} (tried: {tried})")


def _fetch(program: Program, cache: str, repository: str, stop: Stop | None) -> None:
    """Download from one place into a directory beside the cache's, then put the files in place."""
    with private_directory(os.path.join(cache, "scanguard")) as private:
        words = [program.path, "image", "--download-db-only", *COMMON, "--no-progress"]
        words += ["--cache-dir", private, "--db-repository", repository]
        ended = run(words, timeout=_DOWNLOAD_SECONDS, extra={"TMPDIR": private}, stop=stop)
        if ended.code != 0 or ended.timed_out:
            raise explained(ended)
        if dates(private) is None:
            raise TargetError("Trivy's vulnerability database was downloaded and is not there")
        try:
            os.makedirs(os.path.join(cache, "db"), exist_ok=True)
            for name in ("trivy.db", "metadata.json"):
                os.replace(os.path.join(private, "db", name), os.path.join(cache, "db", name))
        except OSError as error:
            raise TargetError(f"'{cache}/db' cannot be written: {error.strerror or error}") from error
