"""Where the symbolic links of an image lead the paths of its Dockerfile: `/bin/cat` is `/usr/bin/cat` in most images."""

import posixpath
import re
from collections.abc import Callable, Sequence

from scanguard.image.nodes import Kind, LayerContents

Means = Callable[[str], frozenset[str]]
"""The paths, links followed, that an absolute path may lead to: one only where that is certain, none where it is unknown."""

_MOST = 32
# How many symbolic links one look-up follows, as in Linux: https://man7.org/linux/man-pages/man7/path_resolution.7.html
_LINKS = 40
# What is a link in most images: https://systemd.io/THE_CASE_FOR_THE_USR_MERGE/
_USUAL = {
    "/bin": "usr/bin",
    "/sbin": "usr/sbin",
    "/lib": "usr/lib",
    "/lib32": "usr/lib32",
    "/lib64": "usr/lib64",
    "/usr/sbin": "bin",
    "/var/run": "/run",
}
_MERGED = re.compile(r"(/usr)?(/(?:s?bin|lib(?:32|64)?)/.*)", re.DOTALL)


class Links:
    """The symbolic links of all layers. Without layers the usual ones may or may not be there."""

    def __init__(self, contents: Sequence[LayerContents]) -> None:
        self.targets: dict[str, set[str]] = {}
        self.lowest: dict[str, int] = {}
        for layer, one in enumerate(contents):
            for entry in one.entries:
                if entry.kind is Kind.SYMLINK:
                    self.targets.setdefault(f"/{entry.path}", set()).add(entry.link)
                    self.lowest.setdefault(f"/{entry.path}", layer)
        others = (f"/{entry.path}" for one in contents for entry in one.entries if entry.kind is not Kind.SYMLINK)
        self.mixed = {path for path in others if path in self.targets}
        if not contents:
            self.targets = {path: {target} for path, target in _USUAL.items()}
            self.mixed = set(_USUAL)

    def means(self, path: str, layer: int) -> frozenset[str]:
        """The paths that an absolute one may lead to while a layer is made; none where that are too many.

        A link of a lower layer that is nowhere anything else is certain, every other one may be there or not.
        """
        found: set[str] = set()
        waiting = [("/", _parts(path), 0)]
        while waiting:
            place, rest, followed = waiting.pop()
            while rest:
                place, rest = posixpath.join(place, rest[0]), rest[1:]
                targets = self.targets.get(place)
                if targets is None:
                    continue
                if followed >= _LINKS or len(waiting) + len(found) >= _MOST:
                    return frozenset()
                above = posixpath.dirname(place)
                for target in targets:
                    led = posixpath.normpath(posixpath.join(above, target))
                    waiting.append(("/", (*_parts(led), *rest), followed + 1))
                if self._certain(place, layer):
                    break
            else:
                found.add(place)
        return frozenset(found)

    def _certain(self, place: str, layer: int) -> bool:
        return place not in self.mixed and self.lowest[place] < layer and len(self.targets[place]) == 1


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def unmerged(path: str) -> tuple[str, ...]:
    """An absolute path in each spelling that it has where `/bin` and the like are links into `/usr`."""
    found = _MERGED.fullmatch(path)
    if found is None:
        return (path,)
    return (path, found[2] if found[1] else f"/usr{path}")
