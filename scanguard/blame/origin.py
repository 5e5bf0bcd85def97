"""Which layer first held the bytes of a file, and which one removed it: where a secret came in, and where it seemed to go."""

from collections.abc import Callable, Iterator, Sequence

from scanguard.blame.links import Links
from scanguard.blame.nodes import SET_ID, Blame, Origin, Shown
from scanguard.image.nodes import Entry, Kind, LayerContents
from scanguard.model.finding import REMOVED, Step

Hashes = Callable[[int, str], tuple[int, str] | None]


class Trails:
    """The layers of one image, prepared for questions about single files; each takes time in the layers, not in their entries.

    `hashes` gives the size in bytes and the SHA-256 of (layer, path), None where there is no such file or nobody knows.
    Paths have no leading `/`.
    """

    def __init__(self, contents: Sequence[LayerContents], hashes: Hashes) -> None:
        self.hashes = hashes
        self.contents = contents
        self.layers = tuple(_Layer(one.entries) for one in contents)
        self._links: Links | None = None

    def first_layer(self, path: str, layer: int) -> int:
        """The lowest layer that holds the same bytes at a path as `layer` does; `layer` itself where that cannot be told.

        A `chmod`, a `chown` or a hard link in a later layer copies the bytes or names them anew; the layer below had them.
        """
        names = frozenset((path,))
        first, sought = layer, None
        for index in range(layer, -1, -1):
            here = self.layers[index]
            names = here.aliases(names)
            held = {self.hashes(index, name) for name in sorted(names) if name in here.files}
            if sought is None and None in held:
                return layer
            if held and sought is None:
                sought = held
            if sought is not None and held & sought:
                first = index
        return first

    def removing_layer(self, path: str, layer: int) -> int | None:
        """The last layer above `layer` that takes a path away, None where the finished image still has it."""
        removed = None
        for index in range(layer + 1, len(self.layers)):
            if self.layers[index].removes(path):
                removed = index
            if path in self.layers[index].paths:
                removed = None
        return removed

    def first_bits(self, path: str, layer: int, bits: int) -> int:
        """The lowest layer since which a path has these of its set-id bits; `layer` itself where it has them not."""
        first = layer
        for index in range(layer, -1, -1):
            here = self.layers[index]
            if path in here.paths:
                if here.bits.get(path, 0) & bits != bits:
                    break
                first = index
            if here.removes(path):
                break
        return first

    def shown(self, path: str, layer: int, bits: int = 0) -> Shown:
        """What the layers show of a path in one of them, for blame to tell who gave it its contents or its set-id bits."""
        if self._links is None:
            self._links = Links(self.contents)
        links = self._links
        below = self.layers[:layer]
        held = any(one.bits.get(path, 0) & bits for one in below) if bits else any(path in one.paths for one in below)
        size = self.layers[layer].files.get(path)
        return Shown(lambda place: links.means(place, layer), size is not None and not held, bits, size)

    def trace(self, blame: Blame, path: str, layer: int, bits: int = 0) -> Origin:
        """Who brought the bytes of a file in the layer that a scanner names; related are who rewrote and who removed it.

        With `bits` it is who gave it these set-id bits.
        """
        first = self.first_bits(path, layer, bits) if bits else self.first_layer(path, layer)
        origin = blame.path(first, path, self.shown(path, first, bits))
        related = list(origin.related)
        removed = self.removing_layer(path, layer)
        if first != layer and not bits:
            message = "Written again here, with the same contents."
            related.extend(Step(message, span) for span in blame.layer(layer).spans[:1])
        if removed is not None:
            related.extend(Step(REMOVED, span) for span in blame.layer(removed).spans[:1])
        return origin._replace(related=tuple(related))


class _Layer:
    """The paths of one layer: all that it has, its files with their sizes, its hard links both ways, and what it removes."""

    __slots__ = ("bits", "cleared", "files", "links", "paths", "removed")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.removed = frozenset(one.path.strip("/") for one in entries if one.kind is Kind.WHITEOUT)
        self.cleared = frozenset(one.path.strip("/") for one in entries if one.kind is Kind.OPAQUE)
        self.paths = frozenset(one.path for one in entries if one.kind not in (Kind.WHITEOUT, Kind.OPAQUE))
        self.files = {one.path: one.size for one in entries if one.kind is Kind.FILE}
        self.bits = {one.path: one.mode & SET_ID for one in entries if one.mode & SET_ID}
        self.links: dict[str, list[str]] = {}
        for one in entries:
            if one.kind is Kind.HARDLINK:
                target = one.link.removeprefix("./").lstrip("/")
                self.links.setdefault(one.path, []).append(target)
                self.links.setdefault(target, []).append(one.path)

    def aliases(self, names: frozenset[str]) -> frozenset[str]:
        """The names with all others that hard links give the same file."""
        found, waiting = set(names), list(names)
        while waiting:
            fresh = set(self.links.get(waiting.pop(), ())) - found
            found |= fresh
            waiting.extend(fresh)
        return frozenset(found)

    def removes(self, path: str) -> bool:
        """Whether the layer takes a path of lower ones away, by itself or with a directory above it."""
        gone = path in self.removed
        return gone or any(one in self.removed or one in self.cleared for one in _above(path))


def _above(path: str) -> Iterator[str]:
    """The directories above a path, the root, an empty text, last."""
    while path:
        path = path.rpartition("/")[0]
        yield path
