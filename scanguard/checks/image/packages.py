"""The packages of an image as its own databases name them: those of dpkg, apk and RPM.

https://man7.org/linux/man-pages/man5/deb822.5.html and https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2.
"""

from collections.abc import Mapping

from scanguard.checks.image.parts import file_system
from scanguard.image.contents import RPM_DATABASES
from scanguard.image.filesystem import FileSystem, text_of
from scanguard.model.record import NamedTuple
from scanguard.plugin import ImageScan

# The manager's name in the symbolic build, and the paths of its database.
DATABASES: Mapping[str, tuple[str, ...]] = {
    "apt": ("var/lib/dpkg/status",),
    "apk": ("lib/apk/db/installed", "usr/lib/apk/db/installed"),
    "dnf": RPM_DATABASES,
}
_OF_RPM = frozenset({"yum", "microdnf", "zypper"})


class Database(NamedTuple):
    """What a database says: installed packages by name, and by other names, that they provide, one that does."""

    manager: str
    path: str
    names: frozenset[str]
    provided: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Whether a package is installed that has or provides a name."""
        return name in self.names or name in self.provided


def database(scan: ImageScan) -> Database | None:
    """The database that a container of the image sees, None where there is none that can be read and names a package."""
    system = file_system(scan)
    for manager, paths in DATABASES.items():
        for path in paths:
            found = text_of(scan.contents, system, path)
            placed = system.find(path)
            if found is not None and placed is not None and not _is_open(system, path):
                read_ = read(manager, placed.entry.path, found[0])
                if read_.names:
                    return read_
    return None


def family(manager: str) -> str:
    """The name in `DATABASES` of the database that a manager of the symbolic build writes; its own where it has none."""
    return "dnf" if manager in _OF_RPM else manager


def _is_open(system: FileSystem, path: str) -> bool:
    """Whether the last changes are not in the file: sqlite's log beside it is empty once RPM has come to its end."""
    log = system.find(f"{path}-wal")
    return log is not None and log.entry.size > 0


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
    """The installed packages that a database names; those that dpkg removed but for their settings are none.

    Of RPM's, which is no text, `text` is what `scanguard.image.rpm.listing` made of it.
    """
    provided: dict[str, str] = {}
    names: set[str] = set()
    for block in text.split("\n\n"):
        fields = _fields(block)
        name = fields.get("P", "")
        others = [word.partition("=")[0] for word in fields.get("p", "").split()]
        if manager == "apt":
            name = fields.get("Package", "") if fields.get("Status", "").endswith(" installed") else ""
            others = [word.split("(")[0].strip() for word in fields.get("Provides", "").split(",")]
        if name:
            names.add(name)
            provided |= {other: name for other in others if other and other not in provided}
    return Database(manager, path, frozenset(names), provided)


def _fields(block: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in block.split("\n") if line[:1] not in (" ", "\t", ""))
    return {name: value.strip() for name, colon, value in pairs if colon}
