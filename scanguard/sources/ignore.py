"""`.gitignore` as git reads it: https://git-scm.com/docs/gitignore, and git's `dir.c` for the rest.

Read are the files named `.gitignore` from the repository's root down. Not read are `.git/info/exclude`, the user's own
excludes, and the index: a file that is tracked though a pattern matches it counts as ignored here.
"""

import os
import re
import stat
from collections.abc import Iterator

from scanguard.model.glob import compiled
from scanguard.model.record import NamedTuple

LIMIT = 1_000_000
_MOST_EXPRESSIONS = 2_000
_SPECIAL = re.compile(r"[*?\[\\]")
_NOFOLLOW = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class Pattern(NamedTuple):
    """One line. `literal` is the part before the first wildcard, `rest` what follows, empty where there is none.

    Paths, patterns and names are text in which each character stands for one byte, as git matches bytes.
    """

    literal: str
    rest: str
    negated: bool
    directory: bool
    anchored: bool

    @property
    def is_suffix(self) -> bool:
        """Whether this is `*` and plain text: no expression is needed."""
        return self.rest[:1] == "*" and not self.anchored and not _SPECIAL.search(self.rest, 1)

    def matches(self, path: str, name: str, is_directory: bool) -> bool:
        """Whether a path, relative to the file's directory, is meant; `name` is its last component."""
        if self.directory and not is_directory:
            return False
        subject = path if self.anchored else name
        if not self.rest:
            return subject == self.literal
        if not subject.startswith(self.literal):
            return False
        if self.is_suffix:
            return subject[len(self.literal) :].endswith(self.rest[1:])
        expression = compiled(self.rest)
        return expression is not None and expression.fullmatch(subject, len(self.literal)) is not None


class IgnoreFile(NamedTuple):
    """The patterns of one `.gitignore`, the last first: the first that matches decides."""

    patterns: tuple[Pattern, ...]

    def verdict(self, path: str, is_directory: bool) -> bool | None:
        """True for ignored, False for taken back by a `!`, None where nothing matches."""
        name = path[path.rfind("/") + 1 :]
        for pattern in self.patterns:
            if pattern.matches(path, name, is_directory):
                return not pattern.negated
        return None


class Ignores:
    """The ignore files that hold in one directory; immutable."""

    __slots__ = ("_files",)

    def __init__(self, files: tuple[tuple[str, IgnoreFile], ...] = ()) -> None:
        self._files = files

    def entering(self, directory: str) -> "Ignores":
        """What holds in this directory, its own `.gitignore` included."""
        text = _text(os.path.join(directory, ".gitignore"))
        patterns = parse(text)
        return Ignores(((directory, IgnoreFile(patterns)), *self._files)) if patterns else self

    def ignored(self, path: str, is_directory: bool) -> bool:
        """Whether an entry of this directory is ignored: the deepest file with an opinion decides."""
        for directory, file in self._files:
            verdict = file.verdict(_bytes(os.path.relpath(path, directory)), is_directory)
            if verdict is not None:
                return verdict
        return False


def ignores_above(directory: str, root: str) -> Ignores:
    """What holds in the parent of `directory`, from the repository's root down; nothing where it is the root."""
    ignores = Ignores()
    if directory == root:
        return ignores
    here = root
    for part in os.path.relpath(directory, root).split(os.sep):
        ignores = ignores.entering(here)
        here = os.path.join(here, part)
    return ignores


def parse(text: str) -> tuple[Pattern, ...]:
    """The patterns of a file's text (one character a byte), the last first.

    None where more of them need an expression than anybody writes: then nothing is ignored, so that more is checked.
    """
    found = list(_patterns(text.removeprefix("\xef\xbb\xbf")))
    if (
        len(found) > _MOST_EXPRESSIONS
        and sum(bool(one.rest) and not one.is_suffix for one in found) > _MOST_EXPRESSIONS
    ):
        return ()
    found.reverse()
    return tuple(found)


def _patterns(text: str) -> Iterator[Pattern]:
    for line in text.split("\n"):
        line = _trimmed(line.removesuffix("\r"))
        if not line or line.startswith("#"):
            continue
        negated = line.startswith("!")
        body = line[negated:]
        directory = body.endswith("/")
        body = body[: len(body) - directory]
        anchored = "/" in body
        body = body.removeprefix("/")
        special = _SPECIAL.search(body)
        cut = special.start() if special else len(body)
        if body:
            yield Pattern(body[:cut], body[cut:], negated, directory, anchored)


def _trimmed(line: str) -> str:
    """The line without trailing blanks, but for one behind a backslash."""
    end = len(line.rstrip(" "))
    slashes = end - len(line[:end].rstrip("\\"))
    return line[: end + 1] if slashes % 2 and end < len(line) else line[:end]


def _text(path: str) -> str:
    """A `.gitignore` as text, one character a byte; empty where it is missing, a link, no file or too large."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return ""
        descriptor = os.open(path, _NOFOLLOW)
    except OSError:
        return ""
    with open(descriptor, "rb") as file:
        data = file.read(LIMIT + 1)
    return data.decode("latin-1") if len(data) <= LIMIT else ""


def _bytes(path: str) -> str:
    path = path.replace(os.sep, "/")
    return path if path.isascii() else os.fsencode(path).decode("latin-1")
