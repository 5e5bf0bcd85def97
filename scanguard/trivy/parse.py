"""Trivy's JSON report, turned into an inventory.

https://trivy.dev/latest/docs/configuration/reporting/#json. The report quotes secrets in clear: the lines around one
(`Code`, `Match`) and the image's whole configuration (`ImageConfig`). They are dropped while the text is read and go no
further. All else that an image's author could write (names, paths, versions) is only text here, and bounded.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from scanguard.image.inventory import (
    FoundLicence,
    FoundSecret,
    InstalledPackage,
    Inventory,
    System,
    Vulnerability,
)
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Severity

BIGGEST = 512 << 20
"""The most bytes of a report that are read."""

_SECRET_KEYS = ("Code", "Match", "ImageConfig", "Causes", "CauseMetadata", "Text", "InstalledFiles")
_SEVERITIES = {
    "UNKNOWN": Severity.LOW,
    "LOW": Severity.LOW,
    "MEDIUM": Severity.MEDIUM,
    "HIGH": Severity.HIGH,
    "CRITICAL": Severity.CRITICAL,
}
_WORD, _LINE, _TEXT = 300, 1000, 8000
_SYSTEM = "os-pkgs"

Json = Mapping[str, Any]
Kind = TypeVar("Kind")


class Parsed(NamedTuple):
    """An inventory, and the layers (diff ids, bottom first) of the image that it is of."""

    inventory: Inventory
    diff_ids: tuple[str, ...]


def read_report(path: str, uri: str = "") -> Parsed:
    """Read and parse the report in a file; raises TargetError where it is missing, too big or not whole."""
    try:
        if os.path.getsize(path) > BIGGEST:
            raise TargetError(f"Trivy's report is larger than {BIGGEST >> 20} MB", uri)
        with open(path, "rb") as file:
            return parse(file.read(), uri)
    except OSError as error:
        raise TargetError(f"Trivy ended well and left no report: {error.strerror or error}", uri) from error


def parse(data: bytes, uri: str = "") -> Parsed:
    """The inventory in a report. Raises TargetError where it is no whole report of schema 2 about an image."""
    import json

    try:
        value = json.loads(data, object_hook=_without_secrets)
    except (ValueError, RecursionError) as error:
        raise TargetError("Trivy's report is not whole: it is no JSON", uri) from error
    try:
        return _parsed(value)
    except _Malformed as error:
        raise TargetError(
            f"Trivy's report is not as it should be: {error}; another version of Trivy may help", uri
        ) from error


class _Malformed(Exception):
    """What of a report is of another form; the text names the place, never the value."""


def _without_secrets(value: dict[str, Any]) -> dict[str, Any]:
    for key in _SECRET_KEYS:
        value.pop(key, None)
    return value


def _parsed(value: object) -> Parsed:
    if not isinstance(value, dict) or value.get("SchemaVersion") != 2:
        raise _Malformed("SchemaVersion is not 2")
    metadata = _object(value, "Metadata")
    results = _objects(value, "Results")
    packages = [(one, package) for result in results for one, package in _packages(result)]
    known = {uid: package for one, package in packages if (uid := _text(_identifier(one, "Identifier"), "UID"))}
    inventory = Inventory(
        f"Trivy {_text(_object(value, 'Trivy'), 'Version')}".strip(),
        _system(metadata),
        tuple(package for _, package in packages),
        tuple(one for result in results for one in _vulnerabilities(result, known)),
        tuple(one for result in results for one in _secrets(result, value)),
        tuple(one for result in results for one in _licences(result, known)),
    )
    return Parsed(inventory, _words(metadata, "DiffIDs", 10_000))


def _system(metadata: Json) -> System | None:
    found = _object(metadata, "OS")
    family = _text(found, "Family")
    if not family or family == "none":
        return None
    return System(family, _text(found, "Name"), bool(_part(found, "EOSL", bool)))


def _packages(result: Json) -> Iterator[tuple[Json, InstalledPackage]]:
    kind, system = _text(result, "Type"), result.get("Class") == _SYSTEM
    for one in _objects(result, "Packages"):
        package = InstalledPackage(
            _text(one, "Name"),
            _version(one),
            kind,
            _layer(one),
            _text(one, "FilePath", _LINE).lstrip("/"),
            _text(one, "SrcName"),
            _text(_identifier(one, "Identifier"), "PURL", _LINE),
            _words(one, "Licenses"),
            system,
        )
        yield one, package


def _version(package: Json) -> str:
    """The whole version: `epoch:version-release`, as vulnerabilities name it."""
    epoch = _part(package, "Epoch", int) or 0
    release = _text(package, "Release")
    return (f"{epoch}:" if epoch else "") + _text(package, "Version") + (f"-{release}" if release else "")


def _vulnerabilities(result: Json, known: Mapping[str, InstalledPackage]) -> Iterator[Vulnerability]:
    for one in _objects(result, "Vulnerabilities"):
        identifier = _text(one, "VulnerabilityID")
        if not identifier:
            raise _Malformed("a vulnerability has no VulnerabilityID")
        score = _score(one)
        yield Vulnerability(
            identifier,
            _affected(one, result, known),
            _severity(one, score),
            _text(one, "Title", _LINE),
            _text(one, "Description", _TEXT),
            _text(one, "FixedVersion"),
            _text(one, "Status"),
            score,
            _url(one),
            _words(one, "CweIDs"),
            _words(one, "VendorIDs"),
        )


def _affected(one: Json, result: Json, known: Mapping[str, InstalledPackage]) -> InstalledPackage:
    """The package, as it was listed; the layer is the vulnerability's."""
    identifier = _identifier(one, "PkgIdentifier")
    listed = known.get(_text(identifier, "UID"))
    if listed is not None and listed.name == _text(one, "PkgName"):
        return listed._replace(
            layer=_layer(one) or listed.layer, version=_text(one, "InstalledVersion") or listed.version
        )
    return InstalledPackage(
        _text(one, "PkgName"),
        _text(one, "InstalledVersion"),
        _text(result, "Type"),
        _layer(one),
        _text(one, "PkgPath", _LINE).lstrip("/"),
        "",
        _text(identifier, "PURL", _LINE),
        (),
        result.get("Class") == _SYSTEM,
    )


def _severity(one: Json, score: float | None) -> Severity:
    """The severity; where the database does not know it, what the score says, and without a score LOW.

    https://nvd.nist.gov/vuln-metrics/cvss
    """
    word = _text(one, "Severity")
    if word == "UNKNOWN" and score is not None:
        return next((grade for limit, grade in _SCORES if score >= limit), Severity.LOW)
    if word not in _SEVERITIES:
        raise _Malformed("a Severity is none that is known")
    return _SEVERITIES[word]


_SCORES = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM))


def _score(one: Json) -> float | None:
    """The CVSS base score of the source that set the severity, of the NVD, else the highest; newer versions first."""
    scores = _object(one, "CVSS")
    order = [source for source in (_text(one, "SeveritySource"), "nvd") if source in scores]
    for source in order:
        found = _base_score(scores[source])
        if found is not None:
            return found
    others = [found for value in scores.values() if (found := _base_score(value)) is not None]
    return max(others, default=None)


def _base_score(value: object) -> float | None:
    if not isinstance(value, dict):
        raise _Malformed("a CVSS is no object")
    for key in ("V40Score", "V3Score", "V2Score"):
        found = value.get(key)
        if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found <= 10:
            return float(found)
    return None


def _url(one: Json) -> str:
    url = _text(one, "PrimaryURL", _LINE)
    return url if url.startswith(("https://", "http://")) else ""


def _secrets(result: Json, report: Json) -> Iterator[FoundSecret]:
    target = _text(result, "Target", _LINE)
    for one in _objects(result, "Secrets"):
        layer = _layer(one)
        config = not layer and target == _text(report, "ArtifactName", _LINE)
        yield FoundSecret(
            _text(one, "RuleID"),
            _text(one, "Title"),
            _severity(one, None),
            "" if config else target.lstrip("/"),
            0 if config else _part(one, "StartLine", int) or 0,
            layer,
        )


def _licences(result: Json, known: Mapping[str, InstalledPackage]) -> Iterator[FoundLicence]:
    layers = {(package.name, package.path): package.layer for package in known.values()}
    systems = {package.name: package.layer for package in known.values() if package.system}
    for one in _objects(result, "Licenses"):
        name, package = _text(one, "Name"), _text(one, "PkgName")
        path = _text(one, "FilePath", _LINE).lstrip("/")
        if name:
            layer = _layer(one) or layers.get((package, path)) or systems.get(package, "")
            yield FoundLicence(name, _text(one, "Category").lower(), package, path, layer)


def _identifier(one: Json, key: str) -> Json:
    return _object(one, key)


def _layer(one: Json) -> str:
    return _text(_object(one, "Layer"), "DiffID")


def _objects(value: Json, key: str) -> Sequence[Json]:
    found: Sequence[Json] = _part(value, key, list) or ()
    if not all(isinstance(one, dict) for one in found):
        raise _Malformed(f"{key} holds what is no object")
    return found


def _words(value: Json, key: str, most: int = 100) -> tuple[str, ...]:
    found: Sequence[object] = _part(value, key, list) or ()
    return tuple(str(word)[:_WORD] for word in found[:most])


def _object(value: Json, key: str) -> Json:
    return _part(value, key, dict) or {}


def _text(value: Json, key: str, most: int = _WORD) -> str:
    return (_part(value, key, str) or "")[:most]


def _part(value: Json, key: str, kind: type[Kind]) -> Kind | None:
    """A part of an object, None where it is absent. Raises _Malformed where it is of another kind."""
    found = value.get(key)
    if found is not None and not isinstance(found, kind):
        raise _Malformed(f"{key} is of another kind than it should be")
    return found
