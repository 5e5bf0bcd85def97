"""From the words of the command line to the files to check, and what to call them in a report."""

import os
from collections.abc import Iterable

from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.sources.read import STANDARD_INPUT, unreadable
from scanguard.sources.repository import printable, repository_root, uri_of, within

STANDARD_INPUT_URI = "stdin"


class Target(NamedTuple):
    """A file to check.

    `path` opens it (absolute, no symbolic link in it; `-` is standard input), `uri` names it in reports: relative to
    the repository, with `/`.
    """

    path: str
    uri: str


class Discovery(NamedTuple):
    """What was found, sorted by uri, each file once; and what was asked for and gave nothing."""

    targets: tuple[Target, ...]
    errors: tuple[TargetError, ...]


def discover(paths: Iterable[str], cwd: str) -> Discovery:
    """The files that the paths name: files as they are whatever they are called, directories searched.

    Never raises: a path without an answer is one of the errors, and the others are still scanned. The result does
    not depend on the order of the paths nor on how they are spelt (`./a/..`, absolute, through a linked directory).
    """
    here = os.path.realpath(cwd)
    home = repository_root(here)
    found: dict[str, Target] = {}
    errors: list[TargetError] = []
    for path in paths:
        try:
            targets, problems = _named(path, here, home)
        except TargetError as error:
            errors.append(error)
            continue
        found.update((target.path, target) for target in targets)
        errors.extend(problems)
    ordered = tuple(sorted(found.values(), key=lambda target: (target.uri, target.path)))
    return Discovery(ordered, tuple(sorted(errors, key=lambda error: (error.uri, error.message))))


def _named(path: str, here: str, home: str | None) -> tuple[list[Target], list[TargetError]]:
    """The files that one word of the command line stands for."""
    if path == STANDARD_INPUT:
        return [Target(STANDARD_INPUT, STANDARD_INPUT_URI)], []
    shown = printable(path)
    if not path:
        raise TargetError("an empty path names nothing; write `.` for the working directory")
    try:
        real = os.path.realpath(os.path.join(here, path), strict=True)
    except (OSError, ValueError) as error:
        raise TargetError(unreadable(error), shown) from None
    if not os.path.isdir(real):
        _stay_inside(os.path.join(here, path), real, shown)
        return [Target(real, uri_of(real, here, home))], []
    from scanguard.sources.walk import PATTERNS, walk

    paths, problems = walk(real, home if home is not None and within(real, home) else repository_root(real))
    errors = [TargetError(error.message, uri_of(error.uri, here, home)) for error in problems]
    if not paths and not errors:
        raise TargetError(f"holds no file named {PATTERNS}; name the file itself", shown)
    return [Target(found, uri_of(found, here, home)) for found in paths], errors


def _stay_inside(given: str, real: str, shown: str) -> None:
    """Refuse a file of a repository that is a link to something outside: the repository chose it, not the user."""
    folder = os.path.realpath(os.path.dirname(given))
    root = repository_root(folder)
    if root is not None and os.path.islink(given) and not within(real, root):
        raise TargetError("is a symbolic link that leads out of the repository; name the file itself", shown)
