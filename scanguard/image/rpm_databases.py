"""The headers of packages out of the three formats that RPM has had for its database.

SQLite (Fedora from 33, RHEL 9), NDB (SUSE) and Berkeley DB's hash (RHEL up to 8, Amazon Linux 2). All bytes are an image's,
so that everything in them may be a trap: each reader is bounded by the size of what it reads.
"""

import re
import struct
from collections.abc import Iterator

_SQLITE = b"SQLite format 3\0"
_NDB = b"RpmP"
_HASH = 0x00061561
_SLOT, _BLOB = b"Slot", b"BlbS"
_NDB_PAGE, _NDB_BLOCK = 4096, 16
# Kinds of Berkeley DB's pages, and of what stands on those of a hash.
_HASH_PAGES, _OVERFLOW_PAGE = (2, 13), 7
_ON_PAGE, _OFF_PAGE = 1, 3
_PAGE_HEADER = 26
# RPM's own table has columns of plain types; an expression in brackets could keep sqlite busy for hours.
_TABLE = re.compile(r"CREATE TABLE '?\"?Packages'?\"?\s*\([\w\s,]*\)")
_INSTRUCTIONS, _MOST_TIMES = 10_000, 1_000
# RPM makes some 20 tables with a hundred characters each, in pages of sqlite's own size.
_LONGEST_SCHEMA, _MOST_COLUMNS, _LARGEST_PAGE, _MOST_CHILDREN = 2_000, 50, 8192, 16
_INTERIOR, _LEAF = 5, 13
_MOST_VALUES = 200_000


class Damaged(Exception):
    """The database cannot be read to its end."""


def headers(data: bytes) -> Iterator[bytes]:
    """The header of each package as RPM stores it, without its magic number, in the order of the file.

    What comes is no more than what is there: whoever asks stops where the sum of sizes is absurd. Raises Damaged.
    """
    if data.startswith(_SQLITE):
        return _of_sqlite(data)
    if data.startswith(_NDB):
        return _of_ndb(data)
    for order in "<", ">":
        if data[12:16] == struct.pack(f"{order}I", _HASH):
            return _of_hash(data, order)
    raise Damaged


def _of_sqlite(data: bytes) -> Iterator[bytes]:
    """The table `Packages`: https://github.com/rpm-software-management/rpm/blob/master/lib/backend/sqlite.cc."""
    try:
        import sqlite3
    except ImportError as error:
        raise Damaged from error
    _hold_schema(data)
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(_without_log(data))
        for pragma in "trusted_schema = OFF", "query_only = ON", "cell_size_check = ON":
            connection.execute(f"PRAGMA {pragma}")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_SCHEMA)
        connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, _MOST_COLUMNS)
        times = iter(range(_MOST_TIMES))
        connection.set_progress_handler(lambda: next(times, None) is None, _INSTRUCTIONS)
        (schema,) = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'Packages'")
        if not _TABLE.fullmatch(schema[0]):
            raise Damaged
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, len(data))
        yield from (
            blob for (blob,) in connection.execute("SELECT CAST(blob AS BLOB) FROM Packages WHERE blob NOT NULL")
        )
    except (sqlite3.Error, OverflowError, TypeError, ValueError) as error:
        raise Damaged from error
    finally:
        connection.close()


def _hold_schema(data: bytes) -> None:
    """Raise Damaged where the schema is larger than any that RPM makes: sqlite reads all of it before it does anything else.

    It stands in the tree whose root is the first page: https://www.sqlite.org/fileformat2.html#b_tree_pages.
    """
    size, kind, count, last = struct.unpack_from(">H", data, 16) + struct.unpack_from(">BxxHxxxI", data, 100)
    if not 512 <= size <= _LARGEST_PAGE or kind not in (_INTERIOR, _LEAF) or len(data) % size:
        raise Damaged
    if kind == _INTERIOR:
        cells = struct.unpack_from(f">{count}H", data, 112) if count <= _MOST_CHILDREN else ()
        children = [last, *(struct.unpack_from(">I", data, cell)[0] for cell in cells)]
        if not cells or any(data[(page - 1) * size : (page - 1) * size + 1] != b"\x0d" for page in children):
            raise Damaged


def _without_log(data: bytes) -> bytearray:
    """The database as one that has no write-ahead log, which none in memory can have: two bytes of its head say so."""
    plain = bytearray(data)
    plain[18:20] = b"\1\1"
    return plain


def _of_ndb(data: bytes) -> Iterator[bytes]:
    """Slots of 16 bytes, each of which leads to a blob with a head of 16 bytes.

    https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c
    """
    version, _, pages = struct.unpack_from("<III", data, 4)
    if version or pages * _NDB_PAGE > len(data):
        raise Damaged
    for magic, number, block, _ in struct.iter_unpack("<4sIII", data[32 : pages * _NDB_PAGE]):
        if magic != _SLOT:
            raise Damaged
        if not number or not block:
            continue
        start = block * _NDB_BLOCK
        head, owner, _, size = struct.unpack_from("<4sIII", data, start)
        blob = data[start + 16 : start + 16 + size]
        if head != _BLOB or owner != number or len(blob) != size:
            raise Damaged
        yield blob


def _of_hash(data: bytes, order: str) -> Iterator[bytes]:
    """The values on all pages of a hash; the one that is no package counts them, and has 4 bytes.

    `order` is the byte order of the machine that wrote it. The pages: src/dbinc/db_page.h in Berkeley DB's sources.
    """
    size = struct.unpack_from(f"{order}I", data, 20)[0]
    if not 512 <= size <= 65536 or len(data) % size:
        raise Damaged
    pages = (data[start : start + size] for start in range(size, len(data), size) if data[start + 25] in _HASH_PAGES)
    for number, value in enumerate(value for page in pages for value in _values(page, order)):
        if number >= _MOST_VALUES:
            raise Damaged
        blob = _whole(data, value, size, order)
        if len(blob) > 4:
            yield blob


def _values(page: bytes, order: str) -> Iterator[bytes]:
    """Every second item of a page, for keys stand before their values; items lie from the end of the page to its begin."""
    count = struct.unpack_from(f"{order}H", page, 20)[0]
    offsets = struct.unpack_from(f"{order}{count}H", page, _PAGE_HEADER)
    for at in range(1, count, 2):
        if not _PAGE_HEADER < offsets[at] < offsets[at - 1]:
            raise Damaged
        yield page[offsets[at] : offsets[at - 1]]


def _whole(data: bytes, item: bytes, size: int, order: str) -> bytes:
    """The bytes of a value, put together where it has pages of its own."""
    if item[0] == _ON_PAGE:
        return item[1:]
    if item[0] != _OFF_PAGE:
        raise Damaged
    number, left = struct.unpack_from(f"{order}II", item, 4)
    parts = []
    for _ in range(len(data) // size):
        if not left:
            break
        start = number * size
        following, _, length, _, kind = struct.unpack_from(f"{order}IHHBB", data, start + 16)
        if kind != _OVERFLOW_PAGE or not 0 < length <= min(left, size - _PAGE_HEADER):
            raise Damaged
        parts.append(data[start + _PAGE_HEADER : start + _PAGE_HEADER + length])
        number, left = following, left - length
    if left:
        raise Damaged
    return b"".join(parts)
