"""The packages of an image as its own databases name them: those of dpkg and apk.

https://man7.org/linux/man-pages/man5/deb822.5.html and https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2.
"""

from collections.abc import Mapping

from scanguard.checks.image.parts import file_system
from scanguard.image.filesystem import text_of
from scanguard.model.record import NamedTuple
from scanguard.plugin import ImageScan

# The manager's name in the symbolic build, and the paths of its database.
DATABASES: Mapping[str, tuple[str, ...]] = {
    "apt": ("var/lib/dpkg/status",),
    "apk": ("lib/apk/db/installed", "usr/lib/apk/db/installed"),
}


class Database(NamedTuple):
    """What a database says: installed packages by name, and the names that they provide besides."""

    manager: str
    path: str
    names: frozenset[str]
    provided: frozenset[str]


def database(scan: ImageScan) -> Database | None:
    """The database that a container of the image sees, None where there is none that can be read."""
    system = file_system(scan)
    for manager, paths in DATABASES.items():
        for path in paths:
            found = text_of(scan.contents, system, path)
            placed = system.find(path)
            if found is not None and placed is not None:
                return read(manager, placed.entry.path, found[0])
    return None


def layers_of(scan: ImageScan, installed: Database, names: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """The packages by the layers that installed them, lowest first."""
    versions = _versions(scan, installed)
    found: dict[int, list[str]] = {}
    for name in names:
        layer = versions[-1][0] if versions else 0
        for number, present in reversed(versions):
            if name not in present:
                break
            layer = number
        found.setdefault(layer, []).append(name)
    return {layer: tuple(found[layer]) for layer in sorted(found)}


def _versions(scan: ImageScan, installed: Database) -> list[tuple[int, frozenset[str]]]:
    """The layers that have the database, lowest first, and the packages that each names."""
    return [
        (number, read(installed.manager, installed.path, layer.texts[installed.path].decode("utf-8", "replace")).names)
        for number, layer in enumerate(scan.contents)
        if installed.path in layer.texts
    ]


def read(manager: str, path: str, text: str) -> Database:
    """The installed packages that a database names; those that dpkg removed but for their settings are none."""
    names: set[str] = set()
    provided: set[str] = set()
    for block in text.split("\n\n"):
        fields = _fields(block)
        if manager == "apt":
            if fields.get("Status", "").endswith(" installed"):
                names.add(fields.get("Package", ""))
                provided.update(word.split("(")[0].strip() for word in fields.get("Provides", "").split(","))
        else:
            names.add(fields.get("P", ""))
            provided.update(word.partition("=")[0] for word in fields.get("p", "").split())
    return Database(manager, path, frozenset(names - {""}), frozenset(provided - {""}))


def _fields(block: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in block.split("\n") if line[:1] not in (" ", "\t", ""))
    return {name: value.strip() for name, colon, value in pairs if colon}
