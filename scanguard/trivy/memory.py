"""What Trivy said of an image, kept for the next time that the same question is asked.

The answer depends on the image's layers (and on its file, which may say that its layers are others than they are), on how
Trivy treats them, on Trivy's version, its databases, what is looked for, and on the day (a system reaches its end of life).
All of that is in the key, so an answer is used again only where Trivy would give the same. What is kept is an inventory:
nothing of what the report quotes.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final

from scanguard import answers
from scanguard.image.inventory import (
    FoundLicence,
    FoundSecret,
    InstalledPackage,
    Inventory,
    System,
    Vulnerability,
)
from scanguard.image.nodes import Image
from scanguard.model.rule import Severity
from scanguard.trivy.program import Program
from scanguard.trivy.settings import TrivySettings

_FORM: Final = 1
_MOST = 100
_BIGGEST = 256 << 20
_PREFIX = "found-"


def circumstances(program: Program, settings: TrivySettings, day: str) -> str:
    """All that answers depend on beside the image; empty where it cannot be known or nothing is to be kept."""
    if settings.server or settings.cache_backend != "fs" or not settings.cache:
        return ""
    parts = [str(_FORM), program.path, program.version, day, f"{settings.secrets} {settings.licences}"]
    for name in ("db/trivy.db", "db/metadata.json", "java-db/trivy-java.db", "java-db/metadata.json"):
        with suppress(OSError):
            status = os.stat(os.path.join(settings.cache, name))
            parts.append(f"{name} {status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}")
    return "\n".join(parts)


def place(settings: TrivySettings, known: str, image: Image, treated: str) -> str:
    """The file for the answer about an image; empty where none is kept."""
    if not known:
        return ""
    key = sha256("\n".join((known, treated, *image.diff_ids)).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return os.path.join(settings.kept, f"{_PREFIX}{key}.json")


def recall(path: str) -> Inventory | None:
    """The answer in a file, None where there is none that can be read."""
    import json

    if not path:
        return None
    try:
        with answers.opened(path, _BIGGEST) as file:
            return _decoded(json.loads(file.read()))
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def keep(path: str, inventory: Inventory) -> None:
    """Keep an answer, and remove the oldest ones where there are many. No failure matters."""
    import json

    if path:
        answers.keep(path, (json.dumps(_encoded(inventory)).encode(),))
        answers.prune(os.path.dirname(path), _PREFIX, _MOST)


def _encoded(inventory: Inventory) -> dict[str, Any]:
    """The inventory in plain lists, each package written once."""
    packages = tuple(dict.fromkeys((*inventory.packages, *(one.package for one in inventory.vulnerabilities))))
    numbers = {package: number for number, package in enumerate(packages)}
    return {
        "scanner": inventory.scanner,
        "system": inventory.system,
        "packages": packages,
        "listed": [numbers[package] for package in inventory.packages],
        "vulnerabilities": [(one.id, numbers[one.package], *one[2:]) for one in inventory.vulnerabilities],
        "secrets": inventory.secrets,
        "licences": inventory.licences,
        "unsearched": inventory.unsearched_layers,
    }


def _decoded(value: dict[str, Any]) -> Inventory:
    packages = [InstalledPackage(*row)._replace(licences=tuple(row[7])) for row in value["packages"]]
    return Inventory(
        value["scanner"],
        None if value["system"] is None else System(*value["system"]),
        tuple(packages[number] for number in value["listed"]),
        tuple(_vulnerabilities(value["vulnerabilities"], packages)),
        tuple(FoundSecret(row[0], row[1], Severity(row[2]), *row[3:]) for row in value["secrets"]),
        tuple(FoundLicence(*row) for row in value["licences"]),
        value["unsearched"],
    )


def _vulnerabilities(rows: list[Any], packages: list[InstalledPackage]) -> Iterator[Vulnerability]:
    for row in rows:
        one = Vulnerability(*row)
        severity, cwe, aliases = Severity(one.severity), tuple(one.cwe), tuple(one.aliases)
        yield one._replace(package=packages[row[1]], severity=severity, cwe=cwe, aliases=aliases)
