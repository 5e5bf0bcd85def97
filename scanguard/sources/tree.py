"""Files of a repository at one time: a commit, the index, or the working tree; read, compared, and laid out on disk."""

import os
from collections.abc import Iterable, Mapping
from typing import Protocol

from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.sources.git import Repository, Snapshot
from scanguard.sources.read import read
from scanguard.sources.repository import printable


class Tree(Protocol):
    """Files by their path from the root, with `/`."""

    @property
    def paths(self) -> frozenset[str]:
        """All paths."""

    def contents(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """What stands in these files; those that are missing or too large are left out."""


class GitTree:
    """The files of a commit or of the index."""

    def __init__(self, repository: Repository, snapshot: Snapshot) -> None:
        self._repository = repository
        self.objects = snapshot.objects
        self.paths = frozenset(snapshot.objects)

    def contents(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """See `Tree`."""
        wanted = {path: self.objects[path] for path in paths if path in self.objects}
        blobs = self._repository.blobs(wanted.values())
        return {path: blobs[name] for path, name in wanted.items() if name in blobs}


class WorkingTree:
    """The files on disk that git knows or would add, and those named besides."""

    def __init__(self, root: str, paths: Iterable[str]) -> None:
        self._root = root
        self.paths = frozenset(paths)

    def contents(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """See `Tree`."""
        found = {}
        for path in paths:
            where = os.path.join(self._root, path)
            try:
                found[path] = b"" if os.path.islink(where) else read(where)
            except TargetError:
                continue
        return found


def different(old: Tree, new: Tree, paths: Iterable[str]) -> frozenset[str]:
    """Those of the paths whose contents are not the same, or which only one side has. Kinds of line ends are no matter."""
    asked = frozenset(paths)
    both = {path for path in asked & old.paths & new.paths if not _same_object(old, new, path)}
    before, after = old.contents(both), new.contents(both)
    return frozenset(
        {path for path in both if _plain(before.get(path)) != _plain(after.get(path))}
        | {path for path in asked if (path in old.paths) != (path in new.paths)}
    )


def lay_out(tree: Tree, paths: Iterable[str], directory: str) -> None:
    """Write files of a tree below a directory, which becomes the root of a repository as ScanGuard sees it.

    Raises ConfigurationError where that cannot be done: a file is too large, the disk is full, a name is too long.
    """
    os.makedirs(os.path.join(directory, ".git"))
    asked = frozenset(paths) & tree.paths
    found = tree.contents(asked)
    for path in sorted(asked - found.keys()):
        raise ConfigurationError("is larger than 10 MB and cannot be checked; name a smaller file", printable(path))
    for path, data in found.items():
        where = os.path.join(directory, *path.split("/"))
        try:
            os.makedirs(os.path.dirname(where), exist_ok=True)
            with open(where, "xb") as file:
                file.write(data)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ConfigurationError(f"cannot be laid out to be checked: {reason}", printable(path)) from error


def _same_object(old: Tree, new: Tree, path: str) -> bool:
    return isinstance(old, GitTree) and isinstance(new, GitTree) and old.objects[path] == new.objects[path]


def _plain(data: bytes | None) -> bytes:
    return b"" if data is None else data.replace(b"\r\n", b"\n")
