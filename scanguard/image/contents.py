"""What the layers of an image hold: one pass over the headers of their archives, next to nothing kept in memory.

Whiteouts: https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from scanguard.image.nodes import ByteStream, Entry, ImageSource, Kind, LayerContents
from scanguard.image.streams import chunks, forward
from scanguard.image.tar import Member, Payload, clean, members
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple

RPM_DATABASES = tuple(
    f"{folder}/{name}"
    for name in ("rpmdb.sqlite", "Packages.db", "Packages")
    for folder in ("usr/lib/sysimage/rpm", "var/lib/rpm", "usr/share/rpm")
)
"""Where RPM's database is, the newest format first; what is kept of one is what `scanguard.image.rpm.listing` says."""

WANTED = frozenset(
    (
        *RPM_DATABASES,
        "etc/alpine-release",
        "etc/debian_version",
        "etc/group",
        "etc/os-release",
        "etc/passwd",
        "etc/shadow",
        "lib/apk/db/installed",
        "usr/lib/apk/db/installed",
        "usr/lib/os-release",
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d/",
    )
)
"""The files whose bytes are kept; a name with `/` at its end stands for all files directly in that directory."""

SETTINGS = frozenset((".env", ".npmrc", "secrets.json", "secrets.toml", "secrets.yaml", "secrets.yml"))
"""Files whose bytes are kept wherever they are, while there is much room: whether they hold a secret is in their text."""

_LARGEST_TEXT = 16_000_000
# RPM keeps some 100 kB for each package; only its names stay in memory.
_LARGEST_DATABASE = 100_000_000
_LARGEST_SETTING = 64_000
_LARGEST_TEXTS = 64_000_000
MOST_ENTRIES = 1_000_000
_MOST_NAMES = 200_000_000
_KINDS = {
    "0": Kind.FILE,
    "1": Kind.HARDLINK,
    "2": Kind.SYMLINK,
    "3": Kind.DEVICE,
    "4": Kind.DEVICE,
    "5": Kind.DIRECTORY,
    "6": Kind.FIFO,
}
# Python 3.11 looks a member of an enumeration up by way of a function each time.
_FILE = Kind.FILE
_WHITEOUT = ".wh."
_INTERNAL = ".wh..wh."
_OPAQUE = ".wh..wh..opq"
_made = tuple.__new__


class Room(NamedTuple):
    """What one image may still take in memory: entries, characters of their paths and links, bytes of the files kept."""

    entries: int = MOST_ENTRIES
    names: int = _MOST_NAMES
    texts: int = _LARGEST_TEXTS

    def after(self, layer: LayerContents) -> "Room":
        """What is left when a layer was read."""
        names = sum([len(entry.path) + len(entry.link) for entry in layer.entries])
        texts = sum(map(len, layer.texts.values()))
        return Room(self.entries - len(layer.entries), self.names - names, self.texts - texts)


def read_contents(
    diff_ids: tuple[str, ...], layers: Iterable[tuple[str, ByteStream]], wanted: frozenset[str] = WANTED
) -> tuple[LayerContents, ...]:
    """What each layer holds, bottom first; `layers` are the archives of the different layers in any order.

    Raises TargetError where an archive is damaged, where one lacks, or where there are more than a million entries.
    """
    found: dict[str, LayerContents] = {}
    room = Room()
    for diff_id, stream in layers:
        found[diff_id] = read_layer(diff_id, stream, wanted, room)
        room = room.after(found[diff_id])
    for diff_id in diff_ids:
        if diff_id not in found:
            raise TargetError(f"lacks its layer {diff_id}; make it again")
    return tuple(found[diff_id] for diff_id in diff_ids)


def read_layer(
    diff_id: str, stream: ByteStream, wanted: frozenset[str] = WANTED, room: Room | None = None
) -> LayerContents:
    """What one layer holds. Raises TargetError where its archive is damaged or takes more than `room` has.

    A wanted file that is too large, or for which there is no room, is not kept.
    """
    own = forward(stream)
    entries: list[Entry] = []
    texts: dict[str, bytes] = {}
    most, names, kept = room or Room()
    for member, payload in members(own):
        entry = _entry(member)
        if entry is None:
            continue
        names -= len(entry.path) + len(entry.link)
        if len(entries) >= most or names < 0:
            raise TargetError(f"has more than {MOST_ENTRIES:,} files, or absurd names; give a smaller image")
        entries.append(entry)
        if entry.kind is _FILE and member.size == member.stored and _is_wanted(entry, wanted, kept):
            text = _kept(entry.path, payload.read())
            if text is not None and len(text) <= min(kept, _LARGEST_TEXT):
                kept -= len(text)
                texts[entry.path] = text
    return LayerContents(diff_id, own.finish(), tuple(entries), MappingProxyType(texts))


def hashes(source: ImageSource, wanted: Mapping[int, frozenset[str]]) -> dict[tuple[int, str], tuple[int, str]]:
    """The size in bytes and the SHA-256 (hexadecimal) of files: `wanted` has paths by the number of their layer.

    The answer's keys are (layer, path). What is no file there is left out; a hard link counts as the file that it leads
    to in its layer. Raises TargetError where the image cannot be read.
    """
    try:
        return _hashes(source, wanted)
    except TargetError as error:
        raise TargetError(error.message, error.uri or source.image.reference) from error


def verify(source: ImageSource) -> None:
    """Read all layers; raises TargetError where one is not the one that the configuration names by its digest.

    For whoever keeps answers by these digests: an archive that borrows those of another image would answer for that too.
    """
    import hashlib

    for diff_id, stream in source.layers():
        algorithm, _, expected = diff_id.partition(":")
        found = hashlib.new(algorithm if algorithm in ("sha384", "sha512") else "sha256")
        for chunk in chunks(stream):
            found.update(chunk)
        if found.hexdigest() != expected:
            message = "is damaged: a layer is not the one that its configuration names; make it again"
            raise TargetError(message, source.image.reference)


def _hashes(source: ImageSource, wanted: Mapping[int, frozenset[str]]) -> dict[tuple[int, str], tuple[int, str]]:
    diff_ids = source.image.diff_ids
    paths: dict[str, set[str]] = {}
    for layer, named in wanted.items():
        paths.setdefault(diff_ids[layer], set()).update(named)
    found: dict[str, dict[str, tuple[int, str]]] = {}
    links: dict[str, dict[str, str]] = {}
    for diff_id, stream in source.layers() if paths else ():
        if diff_id in paths:
            found[diff_id], links[diff_id] = _hashed(stream, paths[diff_id])
    targets = {diff_id: set(told.values()) - found[diff_id].keys() for diff_id, told in links.items()}
    if any(targets.values()):
        for diff_id, stream in source.layers():
            if targets.get(diff_id):
                found[diff_id].update(_hashed(stream, targets[diff_id])[0])
    return dict(_answers(diff_ids, wanted, found, links))


def _answers(
    diff_ids: tuple[str, ...],
    wanted: Mapping[int, frozenset[str]],
    found: Mapping[str, Mapping[str, tuple[int, str]]],
    links: Mapping[str, Mapping[str, str]],
) -> Iterator[tuple[tuple[int, str], tuple[int, str]]]:
    for layer, named in wanted.items():
        diff_id = diff_ids[layer]
        for path in sorted(named):
            answer = found.get(diff_id, {}).get(links.get(diff_id, {}).get(path, path))
            if answer is not None:
                yield (layer, path), answer


def _hashed(stream: ByteStream, paths: set[str]) -> tuple[dict[str, tuple[int, str]], dict[str, str]]:
    """The hashes of files by path, and of hard links the paths that they lead to."""
    own = forward(stream)
    found: dict[str, tuple[int, str]] = {}
    links: dict[str, str] = {}
    for member, payload in members(own):
        if member.path in paths and member.type == "1":
            links[member.path] = clean(member.link)
        elif member.path in paths and member.type == "0" and member.size == member.stored:
            found[member.path] = (member.size, _sha256(payload))
    own.finish()
    return found, links


def _sha256(payload: Payload) -> str:
    import hashlib

    digest = hashlib.sha256()
    for chunk in chunks(payload):
        digest.update(chunk)
    return digest.hexdigest()


def _kept(path: str, data: bytes) -> bytes | None:
    """What is kept of a file's bytes; None where it is a database that cannot be read."""
    if path not in RPM_DATABASES:
        return data
    from scanguard.image.rpm import listing

    return listing(data)


def _is_wanted(file: Entry, wanted: frozenset[str], room: int) -> bool:
    """Whether a file's bytes are kept; those that stand anywhere leave half of all room to the others."""
    folder, slash, name = file.path.rpartition("/")
    if file.path in wanted or folder + slash in wanted:
        if file.path in RPM_DATABASES:
            return file.size <= _LARGEST_DATABASE
        return file.size <= min(room, _LARGEST_TEXT)
    return name in SETTINGS and bool(wanted) and file.size <= min(room - _LARGEST_TEXTS // 2, _LARGEST_SETTING)


def _entry(member: Member) -> Entry | None:
    """The entry of a layer that a member of its archive stands for; None for what is none (the root, marks of aufs)."""
    path, flag, size, _, mode, uid, gid, link = member
    kind = _KINDS.get(flag)
    if kind is None or not path:
        return None
    if _WHITEOUT in path:
        folder, slash, name = path.rpartition("/")
        if name.startswith(_WHITEOUT) or path.startswith(_INTERNAL):
            return _mark(folder, slash, name)
    if kind is not _FILE:
        size = 0
        link = clean(link) if kind is Kind.HARDLINK else link
    return _made(Entry, (path, kind, size, mode, uid, gid, link))


def _mark(folder: str, slash: str, name: str) -> Entry | None:
    """What a whiteout takes away, by the directory and the name of its file; None for what aufs keeps for itself."""
    if name == _OPAQUE:
        return Entry(folder, Kind.OPAQUE, 0, 0, 0, 0)
    if name.startswith(_INTERNAL) or name == _WHITEOUT or folder.startswith(_INTERNAL):
        return None
    return Entry(folder + slash + name.removeprefix(_WHITEOUT), Kind.WHITEOUT, 0, 0, 0, 0)
