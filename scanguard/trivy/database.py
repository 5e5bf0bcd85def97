"""Trivy's vulnerability database: how old it is, and how it comes here.

Trivy itself uses a database of any age without a word, and falls back to another mirror only for some of its failures.
So ScanGuard reads the date, tries the mirrors one after the other, and puts a new database in place whole: a scan that
runs meanwhile keeps reading the old one.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import sleep

from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification
from scanguard.threads import Stop
from scanguard.trivy.program import Program
from scanguard.trivy.settings import Say, TrivySettings

_DAY = 86_400.0
_RECENT = 3600.0
_BIGGEST = 100_000
_LAST = 253_402_300_799.0
"""The last second that has a date, of the year 9999: a time with an offset can be hours beyond it."""


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
    if _metadata(settings.cache) is None:  # Trivy would say that there is none
        raise TargetError(
            f"the vulnerability database in '{settings.cache}/db' is damaged: its metadata.json cannot be read; "
            "remove the directory, and run once without --offline"
        )
    told.extend(_age(found, settings, now))
    return tuple(told)


def dates(cache: str) -> Dates | None:
    """The dates of the database in a cache directory, None where there is none. Unreadable dates count as very old."""
    if not os.path.isfile(os.path.join(cache, "db", "trivy.db")):
        return None
    value = _metadata(cache) or {}
    return Dates(*(_seconds(value.get(name)) for name in ("UpdatedAt", "NextUpdate", "DownloadedAt")))


def _metadata(cache: str) -> Mapping[str, object] | None:
    """What the database says of itself, None where that is no JSON object or cannot be read."""
    import json

    try:
        with open(os.path.join(cache, "db", "metadata.json"), "rb") as file:
            value = json.loads(file.read(_BIGGEST))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


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
    if found.updated > now + _DAY:
        date = _date(found.updated)
        message = f"Trivy's vulnerability database is of {date}, which is to come, so how old it is cannot be told"
        yield Notification("warning", f"{message}: look at this machine's clock, or remove '{settings.cache}/db'.")
    days = int((now - found.updated) / _DAY)
    since = f"is of {_date(found.updated)}, {days} days old" if found.updated else "does not say how old it is"
    oldest = settings.oldest_days
    if oldest is not None and days > oldest:
        message = f"Trivy's vulnerability database {since}: what was published since is missing. At most {oldest} days are allowed."
        yield Notification("error", message)
    elif days > settings.stale_days:
        yield Notification("warning", f"Trivy's vulnerability database {since}: what was published since is missing.")


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(min(seconds, _LAST), UTC).date().isoformat()


def _updated(
    program: Program,
    settings: TrivySettings,
    now: float,
    say: Say,
    stop: Stop | None,
    pause: Callable[[float], None],
) -> Iterator[Notification]:
    """Download unless another process just did. Raises TargetError where that fails and there is no older database."""
    from scanguard.trivy.download import download

    try:
        with locked(os.path.join(settings.cache, "scanguard", "database.lock"), say):
            if not _due(dates(settings.cache), now):
                return
            say(f"Downloading Trivy's vulnerability database into {settings.cache}/db.")
            download(program, settings, stop, pause)
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
        from scanguard.trivy.failures import unwritable

        raise unwritable(os.path.dirname(path), error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another process that downloads Trivy's vulnerability database.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
