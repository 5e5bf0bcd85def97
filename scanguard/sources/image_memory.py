"""What was read of an image, kept for the next time that the same bytes are asked about: only what changed is read again.

The answer belongs to a file as it is on disk (its place, size and times), or to an id in a daemon, which names its bytes.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from threading import Lock
from typing import Final

from scanguard import answers
from scanguard.image import kept
from scanguard.image.nodes import ByteStream, Image, ImageSource, LayerContents
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.sources.image_files import FileImage
from scanguard.sources.image_saved import SavedImage
from scanguard.sources.stamps import SETTLED

_PREFIX: Final = "contents-"
_MOST: Final = 30
_BIGGEST: Final = 24 << 20


class Recalled(NamedTuple):
    """An image and its contents as they were read by an earlier run."""

    image: Image
    contents: tuple[LayerContents, ...]


def remembered(source: ImageSource, folder: str) -> ImageSource:
    """The image; its contents are read from `folder` where an earlier run kept them there, and are kept there if not.

    With an empty `folder`, and where nothing tells whether the image is still the same one, it is the source itself.
    """
    if not folder or not isinstance(source, FileImage | SavedImage):
        return source
    identity = source.identity()
    return KeptImage(source, folder, identity) if identity else source


class KeptImage:
    """An image of which an earlier run may have kept what it read. Its methods raise TargetError as the source's do."""

    def __init__(self, source: FileImage | SavedImage, folder: str, identity: str) -> None:
        self.daemon = source.daemon
        self._source = source
        self._identity = identity
        key = sha256(f"{kept.FORM}\n{identity}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
        self._place = os.path.join(folder, f"{_PREFIX}{key}.jsonl")
        self._lock = Lock()
        self._recalled: Recalled | None = None
        self._asked = False

    @property
    def path(self) -> str:
        """Where the source is on disk; empty where it is not."""
        return self._source.path

    @property
    def image(self) -> Image:
        """The image without its contents."""
        recalled = self._recall()
        return self._source.image if recalled is None else recalled.image

    def contents(self) -> tuple[LayerContents, ...]:
        """What each layer holds, bottom first."""
        recalled = self._recall()
        if recalled is not None:
            return recalled.contents
        contents = self._source.contents()
        self._keep(contents)
        return contents

    def layers(self) -> Iterator[tuple[str, ByteStream]]:
        """The uncompressed archive of each different layer with its diff id."""
        return self._source.layers()

    def close(self) -> None:
        """Let go of files and connections."""
        self._source.close()

    def _recall(self) -> Recalled | None:
        """What an earlier run kept; None where it kept nothing, or where that is not of this very image."""
        with self._lock:
            if not self._asked:
                self._asked = True
                with suppress(TargetError, OSError, *kept.UNREADABLE):
                    self._recalled = self._known()
            return self._recalled

    def _known(self) -> Recalled | None:
        with answers.opened(self._place, _BIGGEST) as file:
            shape, contents = kept.read(file)
        image = self._source.outlined(shape)
        if image is None or kept.shape_of(image) != shape:
            return None
        with suppress(OSError):  # it may be another user's
            os.utime(self._place)  # the answers used last are those that stay
        return Recalled(image, contents)

    def _keep(self, contents: tuple[LayerContents, ...]) -> None:
        """Keep what was read, unless it may hold a secret, is absurdly large, or the file changed meanwhile."""
        if kept.may_hold_secrets(contents) or self._source.identity(SETTLED) != self._identity:
            return
        answers.keep(self._place, _limited(kept.written(kept.shape_of(self.image), contents)))
        answers.prune(os.path.dirname(self._place), _PREFIX, _MOST)


def _limited(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines. Raises OSError where they are too many to be kept."""
    size = 0
    for line in lines:
        size += len(line)
        if size > _BIGGEST:
            raise OSError("too large to be kept")
        yield line
