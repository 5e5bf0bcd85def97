"""The packages of an RPM database, whichever of RPM's three formats it has, as a text of a few kilobytes.

A database holds the whole header of each package, its files and its change log too: tens of megabytes, of which a list of
names is wanted. Headers: https://rpm-software-management.github.io/rpm/manual/format_header.html.
"""

import re
import struct
from collections.abc import Iterator

from scanguard.image.rpm_databases import Damaged, headers

_NAME, _VERSION, _RELEASE, _ARCHITECTURE, _PROVIDES, _OBSOLETES = 1000, 1001, 1002, 1022, 1047, 1090
_TAGS = frozenset((_NAME, _VERSION, _RELEASE, _ARCHITECTURE, _PROVIDES, _OBSOLETES))
_STRING, _STRINGS, _TRANSLATED = 6, 8, 9
_MOST_PACKAGES = 100_000
_MOST_TEXTS = 1_000_000
# What people write as the name of a package: no capability of a library, `libc.so.6()(64bit)`, and no path.
_WORD = re.compile(rb"[A-Za-z0-9][\w.+~^-]{0,200}", re.ASCII)


def listing(data: bytes) -> bytes | None:
    """The packages of a database in the form of apk's: `P:` has a name, `V:` version and release, `p:` its other names.

    Other names are what the package provides and replaces, and its own name with the version and architecture that dnf,
    yum and zypper let people write behind it. None where the database is damaged, of an unknown format or absurdly large,
    or where this Python has no sqlite3.
    """
    blocks: list[bytes] = []
    room, texts = 2 * len(data), _MOST_TEXTS
    try:
        for header in headers(data):
            fields = _fields(header)
            room -= len(header)
            texts -= sum(map(len, fields.values()))
            if room < 0 or texts < 0 or len(blocks) >= _MOST_PACKAGES:
                return None
            blocks.append(_block(fields))
    except (Damaged, struct.error):
        return None
    return b"\n".join(blocks)


def _block(fields: dict[int, list[bytes]]) -> bytes:
    """The lines of one package. Raises Damaged where it has no name."""
    name, version, release, architecture = (
        next(iter(fields.get(tag, ())), b"") for tag in (_NAME, _VERSION, _RELEASE, _ARCHITECTURE)
    )
    if not _WORD.fullmatch(name):
        raise Damaged
    full = b"%b-%b-%b" % (name, version, release)
    spelled = (b"%b-%b" % (name, version), full, b"%b.%b" % (name, architecture), b"%b.%b" % (full, architecture))
    others = dict.fromkeys((*spelled, *fields.get(_PROVIDES, ()), *fields.get(_OBSOLETES, ())))
    words = b" ".join(word for word in others if word != name and _WORD.fullmatch(word))
    number = full[len(name) + 1 :] if _WORD.fullmatch(full) else b""
    return b"P:%b\nV:%b\np:%b\n" % (name, number, words)


def _fields(header: bytes) -> dict[int, list[bytes]]:
    """The texts of the wanted tags. Raises Damaged or struct.error where the header is none, or has absurdly many."""
    count, size = struct.unpack_from(">II", header)
    start = 8 + 16 * count
    if start + size > len(header):
        raise Damaged
    return {
        tag: list(_texts(header, start + offset, number if kind != _STRING else 1))
        for tag, kind, offset, number in struct.iter_unpack(">4I", header[8:start])
        if tag in _TAGS and kind in (_STRING, _STRINGS, _TRANSLATED)
    }


def _texts(header: bytes, start: int, count: int) -> Iterator[bytes]:
    """So many texts, each with a zero byte behind it. Raises Damaged where there are fewer."""
    if count > _MOST_TEXTS // 10:
        raise Damaged
    for _ in range(count):
        end = header.find(b"\0", start)
        if end < 0:
            raise Damaged
        yield header[start:end]
        start = end + 1
