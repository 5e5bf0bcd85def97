"""Databases of RPM for tests, in all three formats, written from their descriptions and not by the readers' code."""

import sqlite3
import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

PAGE = 4096
_INDEXES = (
    "Name Basenames Group Requirename Providename Conflictname Obsoletename Triggername Dirnames Installtid Sigmd5 "
    "Sha1header Filetriggername Transfiletriggername Recommendname Suggestname Supplementname Enhancename"
).split()


class Rpm(NamedTuple):
    """A package; `size` pads its header with a description of so many bytes."""

    name: str
    version: str = "1.0"
    release: str = "2.el9"
    provides: tuple[str, ...] = ()
    obsoletes: tuple[str, ...] = ()
    size: int = 0


def header(package: Rpm) -> bytes:
    """The header as a database has it: counts, an index of 16 bytes for each tag, and the texts."""
    texts = [
        (1000, 6, (package.name,)),
        (1001, 6, (package.version,)),
        (1002, 6, (package.release,)),
        (1005, 9, ("x" * package.size,)),
        (1022, 6, ("x86_64",)),
        (1047, 8, (package.name, *package.provides)),
        (1090, 8, package.obsoletes),
    ]
    index, data = b"", b""
    for tag, kind, values in texts:
        if values:
            index += struct.pack(">4I", tag, kind, len(data), len(values))
            data += b"".join(value.encode() + b"\0" for value in values)
    return struct.pack(">2I", len(index) // 16, len(data)) + index + data


def rpmdb(*packages: Rpm | str, log: bool = True) -> bytes:
    """A file `rpmdb.sqlite`; with `log` it is marked as one that may have a write-ahead log, as RPM's are."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)")
    for name in _INDEXES:
        connection.execute(f"CREATE TABLE '{name}' (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)")
        connection.execute(f"CREATE INDEX '{name}_key_idx' ON '{name}'(key ASC)")
        connection.execute(f"CREATE INDEX '{name}_hnum_idx' ON '{name}'(hnum ASC)")
    blobs = [(header(rpm),) for rpm in _all(packages)]
    connection.executemany("INSERT INTO Packages (blob) VALUES (?)", blobs)
    data = bytearray(connection.serialize())
    connection.close()
    if log:
        data[18:20] = b"\2\2"
    return bytes(data)


def ndb(*packages: Rpm | str) -> bytes:
    """A file `Packages.db`: one page of slots, then blobs in blocks of 16 bytes; the first slot is a free one."""
    slots, blobs = struct.pack("<4s3I", b"Slot", 0, 0, 0), b""
    for number, package in enumerate(_all(packages), 1):
        blob = header(package)
        head = struct.pack("<4s3I", b"BlbS", number, 7, len(blob))
        padded = head + blob + bytes(-(len(head) + len(blob) + 12) % 16)
        slots += struct.pack("<4s3I", b"Slot", number, (PAGE + len(blobs)) // 16, (len(padded) + 12) // 16)
        blobs += padded + struct.pack("<2I4s", zlib.adler32(padded), len(blob), b"BlbE")
    slots += struct.pack("<4s3I", b"Slot", 0, 0, 0) * ((PAGE - 32 - len(slots)) // 16)
    return struct.pack("<4s7I", b"RpmP", 0, 7, 1, len(_all(packages)) + 1, 0, 0, 0) + slots + blobs


def berkeley(*packages: Rpm | str, order: str = "<") -> bytes:
    """A file `Packages` as Berkeley DB's hash: one bucket with all pairs, large values on pages of their own."""
    overflow: list[bytes] = []
    items = [b"\1" + bytes(4), b"\1" + struct.pack("<I", 9)]
    for number, package in enumerate(_all(packages), 1):
        blob = header(package)
        items.append(b"\1" + struct.pack(f"{order}I", number))
        if len(blob) < 200:
            items.append(b"\1" + blob)
            continue
        items.append(struct.pack(f"{order}B3xII", 3, 2 + len(overflow), len(blob)))
        parts = [blob[at : at + PAGE - 26] for at in range(0, len(blob), PAGE - 26)]
        for at, part in enumerate(parts, 1):
            following = 0 if at == len(parts) else 3 + len(overflow)
            overflow.append(_page(2 + len(overflow), following, 1, len(part), 7, order) + part)
    # The last page, and the page of the first and only bucket, are in the words 8 and 24.
    words = {3: 0x61561, 4: 9, 5: PAGE, 8: 2 + len(overflow), 24: 1}
    meta = bytearray(struct.pack(f"{order}56I", *(words.get(at, 0) for at in range(56))))
    meta[25] = 8
    offsets, at = b"", PAGE
    for item in items:
        at -= len(item)
        offsets += struct.pack(f"{order}H", at)
    page = _page(1, 0, len(items), at, 13, order) + offsets
    assert len(page) <= at
    page = page.ljust(at, b"\0") + b"".join(reversed(items))
    free = _page(2 + len(overflow), 0, 0, 0, 0, order)
    return b"".join(part.ljust(PAGE, b"\0") for part in (meta, page, *overflow, free))


def _page(number: int, following: int, entries: int, high: int, kind: int, order: str) -> bytes:
    return struct.pack(f"{order}8xIIIHHBB", number, 0, following, entries, high, 1, kind)


def _all(packages: Sequence[Rpm | str]) -> list[Rpm]:
    return [Rpm(one) if isinstance(one, str) else one for one in packages]
