"""What a container sees of its layers, and what lower layers hold that nobody sees any more.

Layers are laid over each other as the image specification says: https://github.com/opencontainers/image-spec/blob/main/layer.md.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from scanguard.image.nodes import Entry, Kind, LayerContents
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple

# How many symbolic links one look-up follows, as in Linux: https://man7.org/linux/man-pages/man7/path_resolution.7.html
_LINKS = 40
# What nobody's image comes near to: of memory for paths (bytes, about), and of components that are looked up.
_MOST_NAMES = 1 << 29
_MOST_STEPS = 1 << 25
_PER_DIRECTORY = 300
# Python 3.11 looks a member of an enumeration up by way of a function each time.
_FILE, _DIRECTORY, _SYMLINK, _HARDLINK = Kind.FILE, Kind.DIRECTORY, Kind.SYMLINK, Kind.HARDLINK
_WHITEOUT, _OPAQUE = Kind.WHITEOUT, Kind.OPAQUE
_made = tuple.__new__


class Placed(NamedTuple):
    """A path that a container sees, and the layer that put it there, counted from 0."""

    entry: Entry
    layer: int


class Hidden(NamedTuple):
    """A file in `layer` that the layer `by` took away: nobody sees it, its bytes ship all the same.

    `deleted` is False where the path has a file again, the one that `by` wrote over it.
    """

    entry: Entry
    layer: int
    by: int
    deleted: bool


class Whiteout(NamedTuple):
    """A path that a layer removes; `size` is what it held as a directory, in bytes, 0 where it was a file."""

    path: str
    layer: int
    size: int


class FileSystem(NamedTuple):
    """The layers as one: `files` by path, without a leading `/`, and what they hide, from the lowest layer that hides."""

    files: Mapping[str, Placed]
    hidden: tuple[Hidden, ...]
    whiteouts: tuple[Whiteout, ...]

    def find(self, path: str) -> Placed | None:
        """What a container finds at a path when it follows symbolic links; None where nothing is, or links lead in a circle."""
        placed = self.files.get(_followed(self.files, path)[0])
        return None if placed is None or placed.entry.kind is _SYMLINK else placed

    def wasted(self, layers: int) -> tuple[int, ...]:
        """For each of so many layers the bytes of its files that upper ones hide."""
        sums = [0] * layers
        for one in self.hidden:
            sums[one.layer] += one.entry.size
        return tuple(sums)


def merge(contents: Sequence[LayerContents]) -> FileSystem:
    """The layers as a container sees them, bottom first; in time linear in their entries.

    Raises TargetError where paths and links are so deep that they take more memory or time than any image that is built.
    """
    merging = _Merging()
    for number, layer in enumerate(contents):
        merging.lay(number, layer.entries)
    kept = {(one.layer, _plain(one.entry.link)) for one in merging.files.values() if one.entry.kind is _HARDLINK}
    hidden = tuple(one for one in merging.hidden if (one.layer, one.entry.path) not in kept)
    return FileSystem(merging.files, hidden, tuple(merging.whiteouts))


def text_of(contents: Sequence[LayerContents], system: FileSystem, path: str) -> tuple[str, int] | None:
    """The text of a file that a container sees and its layer, None where there is none or where nobody read it."""
    placed = system.find(path)
    if placed is None:
        return None
    data = contents[placed.layer].texts.get(placed.entry.path)
    return None if data is None else (data.decode("utf-8", "replace"), placed.layer)


class _Merging:
    """The state between two layers.

    `below` has the paths in each directory, those without an entry of their own too. `folders` remembers for a directory
    as archives name it where it is when links are followed, and its paths; it is forgotten when links or directories go.
    An entry's own path is the one text of it that is kept, wherever no link is followed: an image has many of them.
    """

    def __init__(self) -> None:
        self.files: dict[str, Placed] = {}
        self.below: dict[str, set[str]] = {}
        self.hidden: list[Hidden] = []
        self.whiteouts: list[Whiteout] = []
        self.folders: dict[str, tuple[str, set[str]]] = {}
        self.names = _MOST_NAMES
        self.steps = _MOST_STEPS

    def lay(self, number: int, entries: Sequence[Entry]) -> None:
        """Lay a layer over what is there: its removals speak of lower layers only, wherever they stand in the archive."""
        self._spend(0, len(entries))
        kept = []
        for entry in entries:
            if entry.kind is _WHITEOUT:
                parent, _, name = entry.path.rpartition("/")
                path = _join(self._followed(parent), name)
                size = sum(one.size for one in self._remove(path, number, deleted=True))
                self.whiteouts.append(Whiteout(entry.path, number, size))
            elif entry.kind is _OPAQUE:
                path = self._followed(entry.path)
                for place in sorted(self.below.get(path, ())):
                    self._remove(place, number, deleted=True)
            else:
                kept.append(entry)
        self._add(number, kept)

    def _add(self, number: int, entries: Sequence[Entry]) -> None:
        """Put entries where those who unpack layers put them: links among their parents are followed."""
        files, folders = self.files, self.folders
        for entry in entries:
            path = entry.path
            parent, _, name = path.rpartition("/")
            folder, paths = folders.get(parent) or self._folder(parent, number)
            if folder != parent:
                path = _join(folder, name)
                self._spend(len(path), 0)
            if path in paths:
                self._replace(path, entry, number)
            paths.add(path)
            files[path] = _made(Placed, (entry, number))

    def _replace(self, path: str, entry: Entry, by: int) -> None:
        """Take away what an entry cannot share its path with: only a directory keeps what is in the directory before it."""
        placed = self.files.get(path)
        if entry.kind is not _DIRECTORY:
            self._remove(path, by, deleted=entry.kind not in (_FILE, _HARDLINK))
            if entry.kind is _SYMLINK:
                self.folders.clear()
        elif placed is not None and placed.entry.kind is not _DIRECTORY:
            self._remove(path, by, deleted=True)

    def _folder(self, parent: str, by: int) -> tuple[str, set[str]]:
        """A directory after its links, and the paths in it; remembered until links or directories go."""
        above = parent.rpartition("/")[0]
        placed, known = self.files.get(parent), self.folders.get(above)
        # No link leads to what is above, and an entry has put a directory there: nothing can be in its way.
        plain = known is not None and known[0] == above and placed is not None and placed.entry.kind is _DIRECTORY
        folder = parent if plain else self._cleared(parent, by)
        found = self.folders[parent] = (folder, self.below.setdefault(folder, set()))
        return found

    def _cleared(self, parent: str, by: int) -> str:
        """A directory after its links; a file in its place, or in that of one above, has to go."""
        folder = self._followed(parent)
        parts = folder.split("/") if folder else []
        places = ["/".join(parts[:count]) for count in range(len(parts) + 1)]
        for path in places:
            placed = self.files.get(path)
            if placed is not None and placed.entry.kind not in (_DIRECTORY, _SYMLINK):
                self._remove(path, by, deleted=True)
        for above, place in itertools.pairwise(places):
            if above not in self.below:
                self._spend(len(above) + _PER_DIRECTORY, 1)
            self.below.setdefault(above, set()).add(place)
        return folder

    def _followed(self, path: str) -> str:
        found, steps = _followed(self.files, path)
        self._spend(0, steps)
        return found

    def _spend(self, names: int, steps: int) -> None:
        """Take from what one image may cost. Raises TargetError where nothing is left."""
        self.names -= names
        self.steps -= steps
        if self.names < 0 or self.steps < 0:
            raise TargetError("is a hostile image: its paths and links are deeper than any that is built")

    def _remove(self, path: str, by: int, *, deleted: bool) -> tuple[Entry, ...]:
        """Take a path away with all below it; returns the files below it, not itself."""
        parent = path.rpartition("/")[0]
        if parent in self.below:
            self.below[parent].discard(path)
        found = []
        for place in self._under(path):
            gone = self.files.pop(place, None)
            if gone is None:
                continue
            if gone.entry.kind is _SYMLINK:
                self.folders.clear()
            elif gone.entry.kind is _FILE:
                self.hidden.append(Hidden(gone.entry, gone.layer, by, deleted or place != path))
                if place != path:
                    found.append(gone.entry)
        return tuple(found)

    def _under(self, path: str) -> Iterator[str]:
        """A path and all below it; the directories are forgotten on the way."""
        waiting = [path]
        while waiting:
            place = waiting.pop()
            paths = self.below.pop(place, None)
            if paths is not None:
                self.folders.clear()
                waiting.extend(sorted(paths, reverse=True))
            yield place


def _followed(files: Mapping[str, Placed], path: str) -> tuple[str, int]:
    """The path after its symbolic links, the last one too; a path in a circle, or above the root, stays inside.

    Beside it stands what that cost: a step for each component, more where the path before it is long.
    """
    found: list[str] = []
    waiting = path.split("/")[::-1]
    links = steps = 0
    while waiting:
        part = waiting.pop()
        steps += 1 + len(found) // 32
        if part in ("", "."):
            continue
        if part == "..":
            del found[-1:]
            continue
        placed = files.get("/".join((*found, part)))
        if placed is None or placed.entry.kind is not _SYMLINK or links >= _LINKS:
            found.append(part)
            continue
        links += 1
        if placed.entry.link.startswith("/"):
            found.clear()
        waiting.extend(placed.entry.link.split("/")[::-1])
    return "/".join(found), steps


def _join(parent: str, name: str) -> str:
    return f"{parent}/{name}" if parent else name


def _plain(link: str) -> str:
    """The target of a hard link as paths are written: archives have it with `./` or `/` before it too."""
    return link.removeprefix("./").lstrip("/")
