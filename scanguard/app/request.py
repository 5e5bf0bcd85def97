"""What one call of the program is asked for, and what it takes from outside."""

import os
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple

if TYPE_CHECKING:
    from scanguard.app.images.options import ImageOptions


class Environment(NamedTuple):
    """What comes from outside: the working directory and the date (ISO)."""

    cwd: str
    today: str


class Request(NamedTuple):
    """What to check and how; see `scanguard check --help`.

    `images` are the images to check too, and how; None for those that the policy names, and as it says.
    `overlay` is False where the repository's own policies must not count beside `policy`.

    `baseline` is a file, empty for none. `since` is a revision: only findings whose cause changed since then are wanted;
    `staged` wants those of the index, against `since` or the last commit. `shard` (`2/5`) wants that part of the targets.
    """

    paths: tuple[str, ...] = (".",)
    policy: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = ""
    target: str = ""
    build_args: Mapping[str, str] = MappingProxyType({})
    build_contexts: tuple[str, ...] = ()
    inline: bool = True
    exit_zero: bool = False
    daemon: bool = False
    baseline: str = ""
    since: str = ""
    staged: bool = False
    overlay: bool = True
    shard: str = ""
    images: "ImageOptions | None" = None


def today() -> str:
    """The date on which suppressions are judged, ISO, local time."""
    return time.strftime("%Y-%m-%d")


def moment() -> str:
    """The time for reports that must name one: UTC, ISO, without a zone.

    It is SOURCE_DATE_EPOCH where that is set (https://reproducible-builds.org/specs/source-date-epoch/), else now.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = int(given) if given.isascii() and given.isdigit() and len(given) < 12 else time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def environment() -> Environment:
    """The working directory and the date of the process. Raises TargetError where the directory was removed."""
    try:
        return Environment(os.getcwd(), today())
    except FileNotFoundError as error:
        raise TargetError("the working directory does not exist any more") from error
