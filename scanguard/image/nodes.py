"""The parts of a built image.

Words and fields are those of the OCI image specification: https://github.com/opencontainers/image-spec/blob/main/config.md.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Protocol

from scanguard.model.record import NamedTuple


class HistoryEntry(NamedTuple):
    """One entry of the history. `empty` is `empty_layer`: it made no layer."""

    created_by: str
    empty: bool
    comment: str = ""
    author: str = ""


class Configuration(NamedTuple):
    """What a container of the image starts with. `health` is None where the image's format cannot carry a HEALTHCHECK."""

    user: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    volumes: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    directory: str = ""
    shell: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    health: tuple[str, ...] | None = ()


class Image(NamedTuple):
    """An image without the contents of its layers.

    `reference` is what it was asked for by, `name` what reports call it: stable over tags, digests and paths. `id` is
    the digest of its configuration, `digest` that of its manifest (empty in a docker archive). `format` is `docker` or
    `oci`. `diff_ids` are the digests of the uncompressed layers, the bottom one first.
    """

    reference: str
    name: str
    id: str
    digest: str
    format: str
    platform: str
    tags: tuple[str, ...]
    config: Configuration
    history: tuple[HistoryEntry, ...]
    diff_ids: tuple[str, ...]


class Kind(Enum):
    """What an entry of a layer is. A WHITEOUT removes a path of lower layers, an OPAQUE one all that was in a directory."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    HARDLINK = "hardlink"
    DEVICE = "device"
    FIFO = "fifo"
    WHITEOUT = "whiteout"
    OPAQUE = "opaque"


class Entry(NamedTuple):
    """One path in a layer, without a leading `/`. `link` is where a link leads. `size` is in bytes."""

    path: str
    kind: Kind
    size: int
    mode: int
    uid: int
    gid: int
    link: str = ""


class LayerContents(NamedTuple):
    """What one layer holds, in the order of its archive. `size` is that of the uncompressed archive, in bytes.

    `texts` has the bytes of those few files that checks read (the databases of users, the operating system's name).
    """

    diff_id: str
    size: int
    entries: tuple[Entry, ...]
    texts: Mapping[str, bytes] = MappingProxyType({})


class ByteStream(Protocol):
    """What can be read from its beginning to its end."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, all where it is negative; fewer only at the end."""


class ImageSource(Protocol):
    """An image that can be read: what the hook `scanguard_load_image` returns.

    `path` is a docker archive, an OCI archive or an OCI layout on disk, empty where the image has no such file (yet: it may
    be saved when it is first read). `daemon` is the address of the docker daemon that holds it, empty for files. Every
    method raises TargetError where the image cannot be read.
    """

    daemon: str

    @property
    def path(self) -> str:
        """Where the image is on disk, for other processes too."""

    @property
    def image(self) -> Image:
        """The image without its contents."""

    def contents(self) -> tuple[LayerContents, ...]:
        """What each layer holds, bottom first. The whole image is read, once; a source may keep the answer."""

    def layers(self) -> Iterator[tuple[str, ByteStream]]:
        """The uncompressed tar archive of each different layer, with its diff id, in the order that is cheapest to read.

        Each is read before the next one is asked for.
        """

    def close(self) -> None:
        """Let go of files and connections."""
