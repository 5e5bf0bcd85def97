"""Images in files: a docker archive, an OCI archive or an OCI layout. Nothing is unpacked to disk."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader, FileIO
from typing import Protocol

from scanguard.image.contents import read_contents
from scanguard.image.kept import Shape
from scanguard.image.manifests import Asked, Blobs, Parts, find_image
from scanguard.image.nodes import Image, LayerContents
from scanguard.image.streams import GZIP, ZSTD, Blocks, Growth, Window, unpacked
from scanguard.image.tar import clean, members
from scanguard.model.errors import TargetError
from scanguard.sources.image_stream import MOST_MEMBERS, StreamImage
from scanguard.sources.read import unreadable
from scanguard.sources.repository import printable
from scanguard.sources.stamps import stamp

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BUFFER = 1 << 16
_SUFFIXES = (".tar", ".gz", ".tgz", ".zst", ".oci")


class Openable(Blobs, Protocol):
    """Blobs of which each can be opened by itself."""

    def open(self, name: str) -> Window:
        """The bytes of a file, to be closed by the caller. Raises TargetError where it is not there."""


def image_in_file(path: str, platform: str) -> "FileImage | StreamImage":
    """The image in a file or a directory. Raises TargetError where it cannot be opened."""
    asked = Asked(path, _stem(path), platform)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return FileImage(path, DirectoryBlobs(path), asked)
        with _opened(path, 0) as file:
            start = file.peek(4)
        if start.startswith((GZIP, ZSTD)):
            return StreamImage(lambda: _unpacked(path), asked, path=path)
        return FileImage(path, ArchiveBlobs(path), asked)
    except TargetError as error:
        raise TargetError(error.message, printable(path)) from error
    except (OSError, ValueError) as error:
        raise TargetError(unreadable(error), printable(path)) from error


class FileImage:
    """An image in an archive that is not packed as a whole, or in a layout: its layers can be read in any order."""

    daemon = ""

    def __init__(self, path: str, blobs: Openable, asked: Asked) -> None:
        self.path = path
        self._blobs = blobs
        self._asked = asked
        self._parts: Parts | None = None

    @property
    def image(self) -> Image:
        """The image without its contents. Raises TargetError where it cannot be read."""
        return self._found().image

    def contents(self) -> tuple[LayerContents, ...]:
        """What each layer holds, bottom first. Raises TargetError where a layer cannot be read."""
        try:
            return read_contents(self.image.diff_ids, self.layers())
        except TargetError as error:
            raise self._located(error) from error

    def layers(self) -> Iterator[tuple[str, Window | Blocks]]:
        """The uncompressed archive of each different layer with its diff id, bottom first."""
        seen: set[str] = set()
        files: set[str] = set()
        growth = Growth()
        for layer in self._found().layers:
            if layer.diff_id in seen:
                continue
            seen.add(layer.diff_id)
            raw = self._blobs.open(layer.file)
            try:
                stream = unpacked(raw, layer.digest)
                yield layer.diff_id, stream
                growth.add(0 if layer.file in files else raw.tell(), stream.tell())
            finally:
                raw.close()
            files.add(layer.file)

    def close(self) -> None:
        """Nothing is kept open."""

    def identity(self, settled: int = 0) -> str:
        """What stays the same as long as the image does; empty where nothing tells, or not for `settled` nanoseconds yet."""
        stamped = stamp(self.path, settled)
        return f"{self._asked.platform}\n{stamped}" if stamped else ""

    def outlined(self, _: Shape) -> Image:
        """The image, which is quick to read here. Raises TargetError where it cannot be read."""
        return self.image

    def _found(self) -> Parts:
        if self._parts is None:
            try:
                self._parts = find_image(self._blobs, self._asked)
            except TargetError as error:
                raise self._located(error) from error
        return self._parts

    def _located(self, error: TargetError) -> TargetError:
        return TargetError(error.message, printable(self._asked.reference))


class DirectoryBlobs:
    """The files of an OCI layout. Links are followed where they stay in it."""

    def __init__(self, path: str) -> None:
        self._root = os.path.realpath(path)
        if "oci-layout" not in self and "index.json" not in self:
            raise TargetError(
                "is a directory without an image: it holds no oci-layout; name an archive or an OCI layout"
            )

    def __contains__(self, name: str, /) -> bool:
        """Whether there is a regular file of this name."""
        path = self._path(name)
        return path is not None and os.path.isfile(path)

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a file. Raises TargetError where it is not there or has more than `limit` bytes."""
        return _limited(self.open(name), name, limit)

    def open(self, name: str) -> Window:
        """The bytes of a file. Raises TargetError where it is not there, is no regular file or lies elsewhere."""
        path = self._path(name)
        if path is None:
            raise TargetError(f"has a link to outside in the place of {name}; copy the layout as a whole")
        try:
            return _whole(path, _NOFOLLOW)
        except OSError as error:
            raise TargetError(
                f"lacks {name}: it {unreadable(error).partition(';')[0]}; make the image again"
            ) from error

    def _path(self, name: str) -> str | None:
        path = os.path.realpath(os.path.join(self._root, clean(name)))
        return path if path.startswith(os.path.join(self._root, "")) else None


class ArchiveBlobs:
    """The files of an archive, by name. Links in it (old `docker save` has some) are names of other files in it."""

    def __init__(self, path: str) -> None:
        self._archive = path
        self._places: Mapping[str, tuple[int, int]] = dict(_places(path))

    def __contains__(self, name: str, /) -> bool:
        """Whether there is a file of this name."""
        return clean(name) in self._places

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a file. Raises TargetError where it is not there or has more than `limit` bytes."""
        return _limited(self.open(name), name, limit)

    def open(self, name: str) -> Window:
        """The bytes of a file. Raises TargetError where it is not there."""
        place = self._places.get(clean(name))
        if place is None:
            raise TargetError(f"lacks {name or 'a file'} that its manifest names; make the image again")
        return Window(_opened(self._archive, 0), *place)


def _places(path: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where each file of an archive begins and how long it is; links count as what they lead to."""
    found: dict[str, tuple[int, int]] = {}
    links: list[tuple[str, str]] = []
    archive = _whole(path)
    try:
        for count, (member, _) in enumerate(members(archive)):
            if count >= MOST_MEMBERS:
                raise TargetError(f"is a hostile image: more than {MOST_MEMBERS} files in its archive")
            if member.type == "0":
                found[member.path] = (archive.tell(), member.stored)
            elif member.type in "12":
                links.append((member.path, linked(member.path, member.link, hard=member.type == "1")))
    finally:
        archive.close()
    yield from found.items()
    yield from ((name, found[target]) for name, target in links if target in found)


def linked(path: str, link: str, *, hard: bool) -> str:
    """The name, in the same archive, that a link leads to."""
    return clean(link if hard else os.path.join(os.path.dirname(path), link))


def _limited(window: Window, name: str, limit: int) -> bytes:
    try:
        data = window.read(limit + 1)
    finally:
        window.close()
    if len(data) > limit:
        raise TargetError(f"is a hostile image: {name} has more than {limit} bytes")
    return data


def _whole(path: str, flags: int = 0) -> Window:
    file = _opened(path, flags)
    return Window(file, 0, os.fstat(file.fileno()).st_size)


def _opened(path: str, flags: int) -> BufferedReader:
    """A regular file, opened. Raises OSError where it cannot be, TargetError where it is something else."""
    descriptor = os.open(path, _FLAGS | flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise TargetError("is no regular file; name an archive or an OCI layout")
    return BufferedReader(FileIO(descriptor, "rb"), _BUFFER)


@contextmanager
def _unpacked(path: str) -> Iterator[Window | Blocks]:
    """An archive that is packed as a whole."""
    packed = _whole(path)
    try:
        yield unpacked(packed)
    finally:
        packed.close()


def _stem(path: str) -> str:
    """What to call the image in a file that names none: the file's own name."""
    name = os.path.basename(os.path.abspath(path))
    while name.lower().endswith(_SUFFIXES):
        name = name[: name.rfind(".")]
    return printable(name) or "image"
