"""Where in an image what Trivy found is."""

from collections.abc import Sequence

from scanguard.image.problems import ImagePlace
from scanguard.plugin import ImageScan


def place(scan: ImageScan, layer: str, path: str = "") -> ImagePlace:
    """The place of a path in the layer of this diff id; no layer where the image has none of it."""
    layers = scan.image.diff_ids
    return ImagePlace(layers.index(layer) if layer in layers else None, path)


def order(scan: ImageScan, layer: str) -> tuple[bool, int]:
    """Sorts what the Dockerfile's own layers hold before what the base image's do, lower layers first."""
    layers = scan.image.diff_ids
    index = layers.index(layer) if layer in layers else len(layers)
    return index < (scan.base_layers or 0), index


def listed(names: Sequence[str], most: int = 5) -> str:
    """The names as a list in a sentence, the ones above `most` counted."""
    shown = names[:most]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)
