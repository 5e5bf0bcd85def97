"""Which layer first held the bytes of a file, and which one removed it: where a secret came in, and where it seemed to go."""

from collections.abc import Callable, Sequence

from scanguard.blame.nodes import Blame, Origin
from scanguard.image.nodes import Entry, Kind, LayerContents
from scanguard.model.finding import Step

_REMOVALS = (Kind.WHITEOUT, Kind.OPAQUE)
Hashes = Callable[[int, str], tuple[int, str] | None]


def first_layer(path: str, layer: int, contents: Sequence[LayerContents], hashes: Hashes) -> int:
    """The lowest layer that holds the same bytes at a path as `layer` does; `layer` itself where that cannot be told.

    `hashes` gives the size in bytes and the SHA-256 of (layer, path), None where there is no such file. A `chmod`, a `chown`
    or a hard link in a later layer copies the bytes or names them anew; the layer below had them. `path` has no leading `/`.
    """
    names = frozenset((path,))
    first, sought = layer, None
    for index in range(layer, -1, -1):
        names = _aliases(names, contents[index].entries)
        files = sorted(one.path for one in contents[index].entries if one.kind is Kind.FILE and one.path in names)
        held = {hashes(index, name) for name in files}
        if sought is None and None in held:
            return layer
        if held and sought is None:
            sought = held
        if sought is not None and held & sought:
            first = index
    return first


def removing_layer(path: str, layer: int, contents: Sequence[LayerContents]) -> int | None:
    """The last layer above `layer` that takes a path away, None where the finished image still has it."""
    removed = None
    for index in range(layer + 1, len(contents)):
        entries = contents[index].entries
        if any(_removes(entry, path) for entry in entries):
            removed = index
        if any(entry.path == path and entry.kind not in _REMOVALS for entry in entries):
            removed = None
    return removed


def trace(blame: Blame, path: str, layer: int, contents: Sequence[LayerContents], hashes: Hashes) -> Origin:
    """Who brought the bytes of a file in the layer that a scanner names; related are who rewrote and who removed it."""
    first = first_layer(path, layer, contents, hashes)
    origin = blame.path(first, path)
    related = list(origin.related)
    removed = removing_layer(path, layer, contents)
    if first != layer:
        related.extend(
            Step("Written again here, with the same contents.", span) for span in blame.layer(layer).spans[:1]
        )
    if removed is not None:
        message = "Removed here; the layers below still hold it."
        related.extend(Step(message, span) for span in blame.layer(removed).spans[:1])
    return origin._replace(related=tuple(related))


def _aliases(names: frozenset[str], entries: Sequence[Entry]) -> frozenset[str]:
    """The names with all others that hard links of one layer give the same file."""
    links = [(one.path, one.link.removeprefix("./").lstrip("/")) for one in entries if one.kind is Kind.HARDLINK]
    while True:
        more = {name for pair in links if not names.isdisjoint(pair) for name in pair} - names
        if not more:
            return names
        names |= more


def _removes(entry: Entry, path: str) -> bool:
    """Whether an entry takes a path of lower layers away, by itself or with a directory above it."""
    parent = entry.path.strip("/")
    below = not parent or path.startswith(f"{parent}/")
    return (entry.kind in _REMOVALS and below) or (entry.kind is Kind.WHITEOUT and entry.path == path)
