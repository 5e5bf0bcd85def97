"""What one call of the program is asked for, and what it takes from outside."""

import os
import time
from collections.abc import Mapping
from types import MappingProxyType

from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple


class Environment(NamedTuple):
    """What comes from outside: the working directory and the date (ISO)."""

    cwd: str
    today: str


class Request(NamedTuple):
    """What to check and how; see `scanguard check --help`."""

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


def today() -> str:
    """The date on which suppressions are judged, ISO, local time."""
    return time.strftime("%Y-%m-%d")


def environment() -> Environment:
    """The working directory and the date of the process. Raises TargetError where the directory was removed."""
    try:
        return Environment(os.getcwd(), today())
    except FileNotFoundError as error:
        raise TargetError("the working directory does not exist any more") from error
