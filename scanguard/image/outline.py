"""An image put together from what a daemon says of it, without the archive that the daemon would have to write.

https://docs.docker.com/reference/api/engine/: `GET /images/{name}/json` and `GET /images/{name}/history`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from scanguard.image.configuration import read_configuration
from scanguard.image.documents import member, text, texts
from scanguard.image.kept import Shape
from scanguard.image.nodes import HistoryEntry, Image


def outline(
    shape: Shape, reference: str, name: str, told: Mapping[str, Any], history: Sequence[Mapping[str, Any]]
) -> Image | None:
    """The image of a shape with the words of the daemon: `history` has the last entry first.

    Whether it is the very image its shape tells. None where it cannot be. Raises TargetError for answers of another form.
    """
    if len(history) != len(shape.empty) or not all(isinstance(entry, Mapping) for entry in history):
        return None
    entries = (
        HistoryEntry(text(entry, "CreatedBy"), empty, text(entry, "Comment"))
        for entry, empty in zip(reversed(history), shape.empty, strict=True)
    )
    config = read_configuration(member(told, "Config"), shape.format)
    diff_ids = texts(member(told, "RootFS"), "Layers")
    return Image(
        reference, name, shape.id, shape.digest, shape.format, shape.platform, (), config, tuple(entries), diff_ids
    )
