"""Images that can only be read from beginning to end: what a daemon saves, and archives packed as a whole.

One pass gives everything but hashes: in such a stream the manifest comes after the layers that it names.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from threading import Lock

from scanguard.image.contents import WANTED, Room, read_layer
from scanguard.image.kept import Shape
from scanguard.image.manifests import LARGEST_MANIFEST, Asked, Parts, find_image
from scanguard.image.nodes import Image, LayerContents
from scanguard.image.streams import Blocks, Growth, Window, is_packed, part, unpacked
from scanguard.image.tar import Member, Payload, clean, members
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.sources.repository import printable

_LARGEST_DOCUMENT = 2 * LARGEST_MANIFEST
_LARGEST_DOCUMENTS = 64_000_000
MOST_MEMBERS = 20_000
_PROBE = 512


class Seen(NamedTuple):
    """What one pass over an archive found, by name: documents, layers, links to others, what looked like a layer and is none."""

    documents: dict[str, bytes]
    layers: dict[str, LayerContents]
    links: dict[str, str]
    failures: dict[str, TargetError]

    def __contains__(self, name: object, /) -> bool:
        """Whether there is a file of this name."""
        own = self.name(str(name))
        return own in self.documents or own in self.layers

    def name(self, name: str) -> str:
        """The name of the file that a name stands for."""
        own = clean(name)
        return self.links.get(own, own)

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a document. Raises TargetError where it is not there or has more than `limit` bytes."""
        data = self.documents.get(self.name(name))
        if data is None:
            raise TargetError(f"lacks {name or 'a file'} that its manifest names; make the image again")
        if len(data) > limit:
            raise TargetError(f"is a hostile image: {name} has more than {limit} bytes")
        return data


class StreamImage:
    """An image in an archive that `begin` gives, anew at each call. `path` and `daemon` say where it is.

    `asked` is what it was asked for by. `told` takes what the archive says of the image for the better, where somebody
    knows it better: a daemon its names. `identity` names its bytes where somebody does, and `outline` gives the image of a
    shape without reading them.
    """

    def __init__(
        self,
        begin: Callable[[], AbstractContextManager[Window | Blocks]],
        asked: Asked,
        *,
        path: str = "",
        daemon: str = "",
        told: Callable[[Image], Image] = lambda image: image,
        identity: str = "",
        outline: Callable[[Shape], Image | None] = lambda _: None,
    ) -> None:
        self.path = path
        self.daemon = daemon
        self.begin = begin
        self.asked = asked
        self.told = told
        self._identity = identity
        self._outline = outline
        self._answer: tuple[Parts, tuple[LayerContents, ...]] | None = None
        self._reading = Lock()

    @property
    def image(self) -> Image:
        """The image without its contents. Raises TargetError where it cannot be read."""
        return self._read()[0].image

    def contents(self) -> tuple[LayerContents, ...]:
        """What each layer holds, bottom first."""
        return self._read()[1]

    def layers(self) -> Iterator[tuple[str, Window | Blocks]]:
        """The uncompressed archive of each different layer with its diff id, in the order of the archive."""
        ids = {clean(layer.file): layer for layer in self._read()[0].layers}
        done: set[str] = set()
        with self.begin() as stream:
            for member, payload in members(stream):
                layer = ids.get(member.path)
                if layer is not None and member.type == "0" and layer.diff_id not in done:
                    done.add(layer.diff_id)
                    yield layer.diff_id, unpacked(Blocks(part(payload, member.stored)), layer.digest)

    def close(self) -> None:
        """Nothing is kept open."""

    def identity(self, _: int = 0) -> str:
        """What stays the same as long as the image does; empty where nothing tells."""
        return self._identity

    def outlined(self, shape: Shape) -> Image | None:
        """What the image of this shape is, told without reading it; None where nobody can. Raises TargetError."""
        image = self._outline(shape)
        return None if image is None else self.told(image)

    def _read(self) -> tuple[Parts, tuple[LayerContents, ...]]:
        """What one pass gave; who asks meanwhile waits for it."""
        with self._reading:
            if self._answer is None:
                try:
                    self._answer = self._pass()
                except TargetError as error:
                    raise TargetError(error.message, printable(self.path) or self.asked.reference) from error
            return self._answer

    def _pass(self) -> tuple[Parts, tuple[LayerContents, ...]]:
        with self.begin() as stream:
            seen = look_through(stream, os.path.getsize(self.path) if self.path else 0)
        parts = find_image(seen, self.asked)
        layers = tuple(layer._replace(file=seen.name(layer.file)) for layer in parts.layers)
        parts = parts._replace(image=self.told(parts.image), layers=layers)
        return parts, tuple(_contents(parts, seen))


def look_through(stream: Window | Blocks, size: int = 0) -> Seen:
    """Read an archive to its end; `size` is that of the file which it was unpacked from, 0 where it was not.

    Raises TargetError where it is damaged.
    """
    seen = Seen({}, {}, {}, {})
    room = Room()
    growth = Growth(size)
    for count, (member, payload) in enumerate(members(stream)):
        if count >= MOST_MEMBERS:
            raise TargetError(f"is a hostile image: more than {MOST_MEMBERS} files in its archive")
        if member.type in "12":
            folder = member.path[: member.path.rfind("/") + 1] if member.type == "2" else ""
            seen.links[member.path] = clean(member.link if member.link[:1] == "/" else folder + member.link)
        elif member.type == "0":
            room = _look(member, payload, seen, room)
            layer = seen.layers.get(member.path)
            growth.add(0 if size else member.stored, 0 if layer is None else layer.size)
    stream.finish()
    return seen


def _look(member: Member, payload: Payload, seen: Seen, room: Room) -> Room:
    """Keep a document, or what a layer holds; returns the room that is left for layers."""
    own = Blocks(part(payload, member.stored))
    start = own.peek(_PROBE)
    if (len(start) < _PROBE and not is_packed(start)) or start.lstrip()[:1] in (b"{", b"["):
        free = _LARGEST_DOCUMENTS - sum(map(len, seen.documents.values()))
        if member.stored <= min(free, _LARGEST_DOCUMENT):
            seen.documents[member.path] = own.read()
        return room
    digest = member.path.removeprefix("blobs/").replace("/", ":") if member.path.startswith("blobs/") else ""
    try:
        layer = seen.layers[member.path] = read_layer("", unpacked(own, digest), WANTED, room)
    except TargetError as error:
        seen.failures[member.path] = error
        return room
    return room.after(layer)


def _contents(parts: Parts, seen: Seen) -> Iterator[LayerContents]:
    for layer in parts.layers:
        if layer.file in seen.failures:
            raise seen.failures[layer.file]
        found = seen.layers.get(layer.file)
        if found is None:
            raise TargetError(f"lacks its layer {layer.diff_id}; make it again")
        yield found._replace(diff_id=layer.diff_id)
