"""Which repository a file belongs to, and what to call the file in a report."""

import os


def repository_root(directory: str) -> str | None:
    """The nearest directory upwards that holds `.git` (a file in worktrees and submodules), or None."""
    here = directory
    while not os.path.lexists(os.path.join(here, ".git")):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here


def uri_of(path: str, here: str, home: str | None) -> str:
    """What to call a real path.

    It is relative to the repository of the working directory (`home`) where the file lies in it, else to the file's
    own repository, else to the working directory (`here`); a file in none of them keeps its absolute path.
    """
    base = home if home is not None and within(path, home) else repository_root(os.path.dirname(path))
    if base is None and within(path, here):
        base = here
    relative = path if base is None else os.path.relpath(path, base)
    return printable(relative)


def within(path: str, directory: str) -> bool:
    """Whether a path without links lies in (or is) a directory without links."""
    return path == directory or path.startswith(directory if directory.endswith(os.sep) else directory + os.sep)


def printable(path: str) -> str:
    """A path with `/` and without the surrogates that stand for bytes that are not UTF-8."""
    text = os.fsencode(path).decode("utf-8", "replace")
    return text.replace(os.sep, "/")
