"""Dockerfiles in a directory tree: what they are called, and what `.gitignore` leaves of them."""

import os
import re
from collections.abc import Iterator

from scanguard.model.errors import TargetError
from scanguard.sources.ignore import ignores_above
from scanguard.sources.read import unreadable
from scanguard.sources.repository import within

PATTERNS = "`Dockerfile*`, `*.dockerfile` or `Containerfile*`"

_EXACT = ("Dockerfile", "Containerfile")
_LOOSE = re.compile(r"(?:dockerfile|containerfile)(?:[._-].*)?", re.IGNORECASE | re.DOTALL)
_DOCUMENTS = (
    "dockerignore containerignore md markdown rst adoc txt html htm pdf json yaml yml toml xml ini csv lock sum "
    "patch diff orig rej bak old swp swo tmp log pyc class map gz zip tar xz zst sha256 sig asc pem snap "
)
_TEMPLATES = "j2 jinja jinja2 tmpl tpl template in erb mustache hbs handlebars ejs m4 gotmpl liquid njk"
_SOURCES = (
    "go py pyi rb js mjs cjs ts tsx jsx java kt kts scala groovy rs c h cc cpp hpp cs php swift lua pl ex exs vue"
)
_NEVER = frozenset(f".{word}" for word in (_DOCUMENTS + _TEMPLATES).split())
_PERHAPS = frozenset(f".{word}" for word in _SOURCES.split())
_PROBE = 16_384
_FROM = re.compile(rb"^[ \t]*FROM[ \t]+\S", re.MULTILINE)


def walk(directory: str, root: str | None) -> tuple[list[str], list[TargetError]]:
    """The real paths of the Dockerfiles under a real directory, and what could not be looked at (`uri` is a path).

    `root` is the repository's root: its `.gitignore` files hold, from there down. `.git` is never entered. Linked
    directories are not entered (inside the tree they are met anyway); a linked file counts as the file that it leads
    to, and is an error where that lies outside the tree.
    """
    found: set[str] = set()
    errors: list[TargetError] = []
    pending = [(directory, ignores_above(directory, root or directory))]
    while pending:
        here, above = pending.pop()
        ignores = above.entering(here)
        try:
            with os.scandir(here) as entries:
                listed = list(entries)
        except OSError as error:
            errors.append(TargetError(unreadable(error), here))
            continue
        for entry in listed:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git" and not ignores.ignored(entry.path, True):
                    pending.append((entry.path, ignores))
            elif is_dockerfile_name(entry.name) and not ignores.ignored(entry.path, False):
                found.update(_real(entry, directory, errors))
    return sorted(found), errors


def is_dockerfile_name(name: str) -> bool:
    """Whether a file in a searched directory is taken for a Dockerfile by its name.

    `Dockerfile` and `Containerfile` may be followed by anything; in other spellings (`dockerfile`) by nothing or by
    `.`, `-`, `_` and anything; or the name ends in `.dockerfile`. Documents, data, backups and templates that only a
    generator can read are left out (`Dockerfile.md`, `Dockerfile.j2`, `Dockerfile.dockerignore`).
    """
    lower = name.lower()
    if lower.endswith("~"):
        return False
    if lower.endswith(".dockerfile"):
        return True
    if not name.startswith(_EXACT) and _LOOSE.fullmatch(name) is None:
        return False
    return os.path.splitext(lower)[1] not in _NEVER


def _real(entry: "os.DirEntry[str]", tree: str, errors: list[TargetError]) -> Iterator[str]:
    """The path of a regular file, a link resolved; nothing for what is no Dockerfile after all."""
    path = entry.path
    try:
        if entry.is_symlink():
            path = os.path.realpath(path, strict=True)
            if os.path.isdir(path):
                return
            if not within(path, tree):
                errors.append(
                    TargetError(
                        "is a symbolic link that leads out of the scanned tree; name the file itself", entry.path
                    )
                )
                return
        if os.path.splitext(entry.name.lower())[1] in _PERHAPS and not _says_from(path):
            return
    except OSError as error:
        errors.append(TargetError(unreadable(error), entry.path))
        return
    yield path


def _says_from(path: str) -> bool:
    """Whether `Dockerfile.go` is a Dockerfile (for Go) and no Go program: one of its first lines begins with FROM."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return _FROM.search(file.read(_PROBE)) is not None
