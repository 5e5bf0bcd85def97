"""The composition root: policy, targets, plugins and reporters come together here and nowhere else."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import IO, NamedTuple

from scanguard import __version__
from scanguard.build.evaluate import BuildOptions
from scanguard.dockerfile.decode import decode
from scanguard.dockerfile.pragma import pragmas
from scanguard.engine import run, suppress
from scanguard.model.errors import ConfigurationError, ScanGuardError, TargetError
from scanguard.model.finding import Finding
from scanguard.model.location import Source
from scanguard.model.report import Notification, Report, ScannedFile
from scanguard.model.rule import Rule, Severity
from scanguard.model.spelling import nearest
from scanguard.plugins import Plugins
from scanguard.policy.find import find_policy
from scanguard.policy.model import DEFAULT, Policy
from scanguard.policy.select import select
from scanguard.sources.discover import Target, discover
from scanguard.sources.read import read


class Environment(NamedTuple):
    """What comes from outside: the working directory, the date (ISO), standard input."""

    cwd: str
    today: str
    stdin: IO[bytes]


class Request(NamedTuple):
    """What to check and how; see `scanguard check --help`."""

    paths: tuple[str, ...]
    policy: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = ""
    target: str = ""
    build_args: Mapping[str, str] = MappingProxyType({})
    build_contexts: tuple[str, ...] = ()
    inline: bool = True
    plugins: bool = True
    exit_zero: bool = False


class RenderOptions(NamedTuple):
    """What some reports take: SARIF's category, and whether suppressed findings are kept in it."""

    category: str = ""
    include_suppressed: bool = False


Renderer = Callable[[Report, RenderOptions], str]
