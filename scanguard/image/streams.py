"""Streams of bytes that are read once, forward: a part of a file, and what comes in blocks (unpacked, from a daemon).

gzip: https://datatracker.ietf.org/doc/html/rfc1952, zstd: https://datatracker.ietf.org/doc/html/rfc8878.
"""

from collections.abc import Callable, Iterator
from typing import IO, Any

from scanguard.image.nodes import ByteStream
from scanguard.model.errors import TargetError

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
_CHUNK = 1 << 16
_BLOCK = 1 << 18
# No layer that somebody builds shrinks so much; beyond this size and ratio it is made to keep us busy.
_SUSPICIOUS_SIZE = 8 << 30
_SUSPICIOUS_RATIO = 200


class Window:
    """A part of an open file: `size` bytes from `start` on. The file is this window's own."""

    __slots__ = ("_at", "_file", "_size")

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        file.seek(start)
        self._file = file
        self._size = size
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, all that are left where it is negative."""
        left = self._size - self._at
        data = self._file.read(left if size < 0 or size > left else size)
        self._at += len(data)
        return data

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay there."""
        data = self.read(size)
        self.skip(-len(data))
        return data

    def skip(self, size: int) -> None:
        """Pass over bytes. Raises TargetError where there are not so many."""
        self._at += size
        if self._at > self._size:
            raise truncated()
        self._file.seek(size, 1)

    def tell(self) -> int:
        """How many bytes were read or passed over."""
        return self._at

    def finish(self) -> int:
        """Go to the end; returns how many bytes there are in all."""
        self._at = self._size
        return self._size

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Blocks:
    """Bytes that come in blocks of any size."""

    __slots__ = ("_at", "_block", "_blocks", "_passed")

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._block = b""
        self._at = 0
        self._passed = 0

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, fewer only at the end; all that are left where it is negative."""
        stop = self._at + size
        if size >= 0 and stop <= len(self._block):
            data = self._block[self._at : stop]
            self._at = stop
            return data
        pieces = []
        while size:
            piece = self._block[self._at : self._at + size] if size > 0 else self._block[self._at :]
            self._at += len(piece)
            size -= len(piece) if size > 0 else 0
            pieces.append(piece)
            if size and not self._next():
                break
        return b"".join(pieces)

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer only at the end; they stay there."""
        while len(self._block) - self._at < size:
            kept = self._block[self._at :]
            passed = self._passed + self._at
            if not self._next():
                self._block, self._at, self._passed = kept, 0, passed
                break
            self._block, self._at, self._passed = kept + self._block, 0, passed
        return self._block[self._at : self._at + size]

    def skip(self, size: int) -> None:
        """Pass over bytes. Raises TargetError where there are not so many."""
        while size > len(self._block) - self._at:
            size -= len(self._block) - self._at
            if not self._next():
                raise truncated()
        self._at += size

    def tell(self) -> int:
        """How many bytes were read or passed over."""
        return self._passed + self._at

    def finish(self) -> int:
        """Read to the end; returns how many bytes there were in all."""
        while self._next():
            pass
        return self._passed

    def _next(self) -> bool:
        """Take the next block that holds anything; False at the end."""
        self._passed += len(self._block)
        self._block, self._at = b"", 0
        for block in self._blocks:
            if block:
                self._block = block
                return True
        return False


class Growth:
    """What the layers of one image unpack to, all together: of many each may stay below what is suspicious of one."""

    __slots__ = ("_given", "_taken")

    def __init__(self, taken: int = 0) -> None:
        self._taken = taken
        self._given = 0

    def add(self, taken: int, given: int) -> None:
        """So many further bytes became so many. Raises TargetError where that is absurd."""
        self._taken += taken
        self._given += given
        if _absurd(self._taken, self._given):
            raise TargetError(
                f"is a hostile image: its layers of {self._taken} bytes unpack to more than {self._given}"
            )


def _absurd(taken: int, given: int) -> bool:
    return given > _SUSPICIOUS_SIZE and given > taken * _SUSPICIOUS_RATIO


def truncated() -> TargetError:
    """The error for an archive that ends too early."""
    return TargetError("is truncated: the archive ends in the middle; make it again")


def exactly(stream: ByteStream, size: int) -> bytes:
    """So many bytes. Raises TargetError where the stream ends before."""
    data = stream.read(size)
    if len(data) != size:
        raise truncated()
    return data


def forward(stream: ByteStream) -> Window | Blocks:
    """The stream as one that can pass over bytes and knows where it is; itself where it is one."""
    return stream if isinstance(stream, Window | Blocks) else Blocks(chunks(stream))


def chunks(stream: ByteStream) -> Iterator[bytes]:
    """All that a stream holds."""
    while chunk := stream.read(_BLOCK):
        yield chunk


def part(stream: ByteStream, size: int) -> Iterator[bytes]:
    """So many bytes of a stream. Raises TargetError where it ends before."""
    while size > 0:
        chunk = exactly(stream, min(size, _BLOCK))
        size -= len(chunk)
        yield chunk


def is_packed(start: bytes) -> bool:
    """Whether what begins so is packed with gzip or zstd."""
    return start.startswith((GZIP, ZSTD))


def unpacked(stream: Window | Blocks, digest: str = "") -> Window | Blocks:
    """The stream as it was before gzip or zstd, told by its first bytes; itself where it is not packed.

    The digest of a packed stream is verified when its end is read. Reading raises TargetError where it is wrong, where
    the bytes are damaged, or where they would unpack to something absurd; zstd needs Python 3.14 or the extra `zstd`.
    """
    start = stream.peek(4)
    if start.startswith(GZIP):
        return Blocks(_unpack(_verified(stream, digest), _gzip()))
    if start.startswith(ZSTD):
        return Blocks(_unpack(_verified(stream, digest), _zstd()))
    return stream


def _gzip() -> Callable[[], Any]:
    import zlib

    return lambda: zlib.decompressobj(31)


def _zstd() -> Callable[[], Any]:
    from importlib import import_module

    for name in ("compression.zstd", "backports.zstd"):
        try:
            module = import_module(name)
        except ImportError:
            continue
        made: Callable[[], Any] = module.ZstdDecompressor
        return made
    raise TargetError("has layers packed with zstd, which this Python cannot read; install `scanguard[zstd]`")


def _verified(stream: ByteStream, digest: str) -> Iterator[bytes]:
    """The chunks of a stream; at its end the digest must be right, where one is known."""
    algorithm, _, expected = digest.partition(":")
    if algorithm not in ("sha256", "sha384", "sha512"):
        yield from iter(lambda: stream.read(_CHUNK), b"")
        return
    import hashlib

    found = hashlib.new(algorithm)
    while chunk := stream.read(_CHUNK):
        found.update(chunk)
        yield chunk
    if found.hexdigest() != expected:
        raise TargetError(f"is damaged: the bytes of the blob {digest} have another digest; make it again")


def _unpack(packed: Iterator[bytes], make: Callable[[], Any]) -> Iterator[bytes]:
    """The unpacked blocks. Several streams (gzip's members, zstd's frames) may follow one another."""
    unpacker: Any = None
    taken = given = 0
    for chunk in packed:
        taken += len(chunk)
        data, more = chunk, False
        while data or more:
            if unpacker is None:
                unpacker = make()
            block = _decompressed(unpacker, data)
            given += len(block)
            if _absurd(taken, given):
                raise TargetError(f"is a hostile image: a layer of {taken} bytes unpacks to more than {given}")
            yield block
            if unpacker.eof:
                data, more, unpacker = unpacker.unused_data.lstrip(b"\0"), False, None
            else:
                data = getattr(unpacker, "unconsumed_tail", b"")
                more = len(block) == _BLOCK
    if unpacker is not None:
        raise truncated()


def _decompressed(unpacker: Any, data: bytes) -> bytes:
    try:
        block: bytes = unpacker.decompress(data, _BLOCK)
    except Exception as error:  # zlib.error and ZstdError have nothing in common
        raise TargetError("is damaged: a packed layer cannot be unpacked; make it again") from error
    return block
