"""What was read of an image as lines of JSON, which are read again in a tenth of the time.

No secret is in them: of the configuration and the history there is only a digest, and an image whose files have texts that
may hold one is not written at all.
"""

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from scanguard import __version__
from scanguard.image.contents import SETTINGS, WANTED
from scanguard.image.nodes import Entry, Image, Kind, LayerContents
from scanguard.model.record import NamedTuple

FORM: Final = " ".join(("2", __version__, *sorted(WANTED | SETTINGS)))
"""What the lines depend on beside the image: another ScanGuard may read other things of it, or write them otherwise."""

UNREADABLE: Final = (ValueError, TypeError, KeyError, IndexError, StopIteration, RecursionError)
"""What reading lines raises that were not written here."""

_AT_ONCE = 20_000
_LAST: Final = b"null\n"
"""Without it, what a full disk or a lost connection left of a file would be an image with fewer files."""
_LETTERS: Final = dict(zip(Kind, "fdlhvpwo", strict=True))
_KINDS: Final = {letter: kind for kind, letter in _LETTERS.items()}
_ACCOUNTS: Final = frozenset(("etc/passwd", "etc/group", "etc/shadow"))
_LOCKED: Final = frozenset(("", "x", "LK", "NP"))


class Shape(NamedTuple):
    """An image without its words: whoever knows those can put it together again, and `seal` says whether it is the same.

    `empty` says of each entry of the history whether it made no layer.
    """

    id: str
    digest: str
    format: str
    platform: str
    empty: tuple[bool, ...]
    seal: str


def shape_of(image: Image) -> Shape:
    """The shape of an image. The seal covers all but what people call it: its reference, its name and its tags."""
    parts = (image.id, image.digest, image.format, image.platform, image.config, image.history, image.diff_ids)
    empty = tuple(entry.empty for entry in image.history)
    return Shape(image.id, image.digest, image.format, image.platform, empty, sha256(repr(parts).encode()).hexdigest())


def may_hold_secrets(contents: Iterable[LayerContents]) -> bool:
    """Whether the texts of the layers may hold a secret: settings of programs, and the hash of a password."""
    return any(_is_secret(path, text) for layer in contents for path, text in layer.texts.items())


def written(shape: Shape, contents: Iterable[LayerContents]) -> Iterator[bytes]:
    """The lines."""
    yield _line(tuple(shape))
    for layer in contents:
        texts = {path: b2a_base64(text, newline=False).decode() for path, text in layer.texts.items()}
        yield _line({"diff_id": layer.diff_id, "size": layer.size, "texts": texts})
        for start in range(0, len(layer.entries), _AT_ONCE):
            yield _line(_columns(layer.entries[start : start + _AT_ONCE]))
    yield _LAST


def read(lines: Iterable[bytes]) -> tuple[Shape, tuple[LayerContents, ...]]:
    """What was written. Raises one of `UNREADABLE` where the lines are others."""
    *rows, last = lines
    if last != _LAST:
        raise ValueError("the end lacks")
    identifier, digest, format_, platform, empty, seal = json.loads(rows[0])
    layers: list[tuple[Mapping[str, Any], list[Entry]]] = []
    for row in map(json.loads, rows[1:]):
        if isinstance(row, dict):
            layers.append((row, []))
        else:
            layers[-1][1].extend(_entries(*row))
    shape = Shape(identifier, digest, format_, platform, tuple(empty), seal)
    return shape, tuple(_layer(row, entries) for row, entries in layers)


def _is_secret(path: str, text: bytes) -> bool:
    if path.rpartition("/")[2] in SETTINGS:
        return bool(text.strip())
    if path not in _ACCOUNTS:
        return False
    fields = (line.split(":") for line in text.decode("utf-8", "replace").splitlines())
    return any(len(field) > 1 and field[1].strip("!*") not in _LOCKED for field in fields)


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _columns(entries: tuple[Entry, ...]) -> tuple[object, ...]:
    """The fields of entries, each in a list of its own; of links, which few have, those that there are."""
    paths, kinds, sizes, modes, uids, gids, links = zip(*entries, strict=True)
    leading = {str(at): link for at, link in enumerate(links) if link}
    return paths, "".join(map(_LETTERS.__getitem__, kinds)), sizes, modes, uids, gids, leading


def _entries(
    paths: list[str],
    kinds: str,
    sizes: list[int],
    modes: list[int],
    uids: list[int],
    gids: list[int],
    leading: dict[str, str],
) -> Iterator[Entry]:
    links = [""] * len(paths)
    for at, link in leading.items():
        links[int(at)] = link
    return map(Entry, paths, map(_KINDS.__getitem__, kinds), sizes, modes, uids, gids, links)


def _layer(row: Mapping[str, Any], entries: list[Entry]) -> LayerContents:
    texts = {path: a2b_base64(text) for path, text in row["texts"].items()}
    return LayerContents(row["diff_id"], row["size"], tuple(entries), MappingProxyType(texts))
