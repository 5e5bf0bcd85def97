"""The headers of a tar archive, one after the other: nothing is unpacked, names are only names.

`tarfile` of the standard library takes ten times as long for this. Formats: POSIX ustar and pax
(https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13), GNU tar
(https://www.gnu.org/software/tar/manual/html_node/Standard.html), GNU's sparse files in both.
"""

from collections.abc import Iterator
from functools import lru_cache
from posixpath import normpath
from struct import Struct
from zlib import adler32

from scanguard.image.nodes import ByteStream
from scanguard.image.streams import exactly, forward, truncated
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple

BLOCK = 512
LONGEST_PATH = 4096
_LARGEST_EXTENSION = 1 << 20
_LARGEST_SIZE = 1 << 50
_KEYS = frozenset(b"path linkpath size uid gid GNU.sparse.name GNU.sparse.size GNU.sparse.realsize".split())
_FILES = b"0\0007S"
_PLAIN = (b"0", b"\0", b"5")
_EXTENSIONS = (b"L", b"K", b"x", b"g")
# Mode, user and group in one; size; checksum; type flag.
_FIELDS = Struct("100x24s12s12x8sc")
_made = tuple.__new__


class Member(NamedTuple):
    """One member. `type` is the type flag (`0` for files of all kinds), `size` that of the file in bytes.

    `stored` is how many bytes stand in the archive, less than `size` for a sparse file. `path` has no leading `/` or
    `./`, no trailing `/` and no `..`.
    """

    path: str
    type: str
    size: int
    stored: int
    mode: int
    uid: int
    gid: int
    link: str = ""


class Payload:
    """The bytes of the member that was met last; `left` are not read yet, and passed over where nobody does."""

    __slots__ = ("_stream", "left")

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self.left = 0

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, all that are left where it is negative; none at the end. Raises TargetError where bytes lack."""
        wanted = self.left if size < 0 else min(size, self.left)
        data = exactly(self._stream, wanted)
        self.left -= wanted
        return data


def members(stream: ByteStream) -> Iterator[tuple[Member, Payload]]:
    """The members of an archive, each with its bytes, which can be read until the next member is asked for.

    Raises TargetError where the archive is truncated or is none.
    """
    own = forward(stream)
    payload = Payload(own)
    extended: dict[str, str] = {}
    while header := own.read(BLOCK):
        if len(header) < BLOCK:
            raise truncated()
        owner, length, checksum, kind = _FIELDS.unpack_from(header)
        if not _is_sound(header, checksum):
            if header.count(0) == BLOCK:
                return
            _verify(header)
        stored = payload.left = _number(length)
        if kind in _EXTENSIONS:
            extended.update(_extension(kind, payload, stored))
        else:
            if kind in _PLAIN and not extended:
                member = _plain_member(header, owner, kind, stored)
            else:
                sparse = _sparse(own, header) if kind == b"S" else None
                member = _member(header, kind, stored, extended, sparse)
                extended = {}
            stored = payload.left = member.stored
            yield member, payload
        if stored:
            own.skip(payload.left + -stored % BLOCK)


def clean(path: str) -> str:
    """A path as a runtime takes it: below the root, whatever `..` it has; empty for the root itself."""
    if path[-1:] == "/":
        path = path.rstrip("/")
    if path[:2] == "./":
        path = path[2:]
    if path[:1] in "./" or "//" in path or "/." in path:
        path = normpath("//" + path).lstrip("/")
    return path


def _is_sound(header: bytes, checksum: bytes) -> bool:
    """Whether a header's checksum is that of its bytes, spaces in its own place; False too where it cannot be told quickly.

    The lower half of `adler32` is the sum of all bytes and 1, modulo 65521: ten times as fast as `sum`, and names in
    ASCII stay below that.
    """
    try:
        return int(checksum.strip(b" \0"), 8) == (adler32(header) - adler32(checksum) + 256) & 0xFFFF
    except ValueError:
        return False


def _verify(header: bytes) -> None:
    """Raise TargetError where the header's sum is wrong; old writers took the bytes as signed."""
    rest = header[:148] + b" " * 8 + header[156:]
    total = sum(rest)
    try:
        stated = int(header[148:156].strip(b" \0"), 8)
    except ValueError:
        stated = -1
    if stated not in (total, total - 256 * sum(byte > 127 for byte in rest)):
        raise TargetError("is not a tar archive, or a damaged one: a header's checksum is wrong; make it again")


def _number(field: bytes) -> int:
    """An octal number, or a binary one where the first bit is set (GNU). Raises TargetError for anything else."""
    try:
        value = int.from_bytes(field[1:], "big") if field[0] == 0x80 else int(field.strip(b" \0") or b"0", 8)
    except ValueError:
        value = -1
    if not 0 <= value <= _LARGEST_SIZE:
        raise TargetError("is a damaged archive: a header holds no valid size; make it again")
    return value


@lru_cache(maxsize=1024)
def _owner(fields: bytes) -> tuple[int, int, int]:
    """The mode and the numbers of user and group."""
    return _id(fields[:8]) & 0o7777, _id(fields[8:16]), _id(fields[16:])


def _id(field: bytes) -> int:
    """A mode or the number of a user: one that cannot be read is 0, no reason to give the image up."""
    try:
        return int.from_bytes(field[1:], "big") if field[0] & 0x80 else int(field.strip(b" \0") or b"0", 8)
    except ValueError:
        return 0


def _extension(kind: bytes, payload: Payload, size: int) -> dict[str, str]:
    """What a header says of the next one. A pax header for all that follow says nothing that matters here."""
    if size > _LARGEST_EXTENSION:
        raise TargetError(f"is a hostile archive: a header of {size} bytes; nothing builds such an image")
    data = payload.read()
    if kind in (b"L", b"K"):
        return {"path" if kind == b"L" else "linkpath": _text(data.partition(b"\0")[0])}
    return _records(data) if kind == b"x" else {}


def _records(data: bytes) -> dict[str, str]:
    """The records of a pax header: `length key=value`, each with a line end."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        length, _, _ = data[at : at + 20].partition(b" ")
        if not length.isdigit() or int(length) <= len(length) + 1:
            raise TargetError("is a damaged archive: a pax header cannot be read; make it again")
        key, _, value = data[at + len(length) + 1 : at + int(length) - 1].partition(b"=")
        if key in _KEYS:
            found[key.decode()] = _text(value)
        at += int(length)
    return found


def _member(header: bytes, kind: bytes, size: int, extended: dict[str, str], sparse: int | None) -> Member:
    path = extended.get("GNU.sparse.name") or extended.get("path") or _name(header)
    link = extended.get("linkpath") or (_text(header[157:257].partition(b"\0")[0]) if kind in b"12" else "")
    if max(len(path), len(link)) > LONGEST_PATH:
        raise TargetError(
            f"is a hostile archive: a path of more than {LONGEST_PATH} characters; nothing builds such an image"
        )
    directory = kind == b"5" or (kind in _FILES and path.endswith("/"))
    flag = "5" if directory else "0" if kind in _FILES else kind.decode("latin-1")
    stored = _decimal(extended.get("size"), size) if flag == "0" else 0 if flag in "123456" else size
    real = extended.get("GNU.sparse.realsize") or extended.get("GNU.sparse.size")
    whole = sparse if sparse is not None else _decimal(real, stored)
    mode, user, group = _owner(header[100:124])
    uid, gid = _decimal(extended.get("uid"), user), _decimal(extended.get("gid"), group)
    return Member(clean(path), flag, whole, stored, mode, uid, gid, link)


def _plain_member(header: bytes, owner: bytes, kind: bytes, size: int) -> Member:
    """A file or a directory of which no other header says anything: what nearly all members are."""
    path = _name(header)
    directory = kind == b"5" or path[-1:] == "/"
    stored = 0 if directory else size
    return _made(Member, (clean(path), "5" if directory else "0", stored, stored, *_owner(owner), ""))


def _name(header: bytes) -> str:
    """The name in the header itself; the prefix before it is ustar's own, GNU has other things there."""
    end = header.find(0, 0, 100)
    name = header[: 100 if end < 0 else end]
    if header[345] and header[257:263] == b"ustar\0":
        name = header[345:500].partition(b"\0")[0] + b"/" + name
    return name.decode("utf-8", "backslashreplace")


def _sparse(stream: ByteStream, header: bytes) -> int:
    """The size of a sparse file (GNU's old format); further blocks of its map are passed over."""
    more = header[482]
    while more:
        more = exactly(stream, BLOCK)[504]
    return _number(header[483:495])


def _decimal(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise TargetError("is a damaged archive: a pax header holds no valid number; make it again")
    return int(text)


def _text(data: bytes) -> str:
    """A name; bytes that are not UTF-8 are written as escapes."""
    return data.decode("utf-8", "backslashreplace")
