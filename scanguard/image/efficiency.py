"""How much of an image is of use, by the formula that users of dive know."""

from collections.abc import Sequence

from scanguard.image.filesystem import FileSystem
from scanguard.image.nodes import Kind, LayerContents


def efficiency(contents: Sequence[LayerContents], system: FileSystem) -> float:
    """How much of what ships is needed, 0 to 1.

    The smallest size of each path over all its sizes in all layers; a directory's removal counts what it held. See
    https://github.com/wagoodman/dive/blob/main/dive/filetree/efficiency.go.
    """
    least: dict[str, int] = {}
    shipped = 0
    removed = {(one.layer, one.path): one.size for one in system.whiteouts}
    for number, layer in enumerate(contents):
        for entry in layer.entries:
            if entry.kind in (Kind.FILE, Kind.WHITEOUT):
                size = entry.size if entry.kind is Kind.FILE else removed.get((number, entry.path), 0)
                least[entry.path] = min(least.get(entry.path, size), size)
                shipped += size
    return sum(least.values()) / shipped if shipped else 1.0
