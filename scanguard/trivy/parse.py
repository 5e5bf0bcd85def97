"""Trivy's JSON report, turned into an inventory.

https://trivy.dev/latest/docs/configuration/reporting/#json. The report quotes secrets in clear: the lines around one
(`Code`, `Match`) and the image's whole configuration (`ImageConfig`). They are dropped while the text is read and go no
further. All else that an image's author could write (names, paths, versions) is only text here, and bounded.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

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
from scanguard.trivy.fields import LINE, TEXT, Json, Malformed, layer_of, object_of, objects, part, text_of, words

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
_SYSTEM = "os-pkgs"


class Parsed(NamedTuple):
    """An inventory, and the layers (diff ids, bottom first) of the image that it is of."""

    inventory: Inventory
    diff_ids: tuple[str, ...]


def read_report(path: str) -> Parsed:
    """Read and parse the report in a file; raises TargetError where it is missing, too big or not whole."""
    try:
        if os.path.getsize(path) > BIGGEST:
            raise TargetError(f"Trivy's report is larger than {BIGGEST >> 20} MB")
        with open(path, "rb") as file:
            return parse(file.read())
    except OSError as error:
        raise TargetError(f"Trivy ended well and left no report: {error.strerror or error}") from error


def parse(data: bytes) -> Parsed:
    """The inventory in a report. Raises TargetError where it is no whole report of schema 2 about an image."""
    import json

    try:
        value = json.loads(data, object_hook=_without_secrets)
    except (ValueError, RecursionError) as error:
        raise TargetError("Trivy's report is not whole: it is no JSON") from error
    try:
        return _parsed(value)
    except Malformed as error:
        raise TargetError(
            f"Trivy's report is not as it should be: {error}; another version of Trivy may help"
        ) from error


def _without_secrets(value: dict[str, Any]) -> dict[str, Any]:
    for key in _SECRET_KEYS:
        value.pop(key, None)
    return value


def _parsed(value: object) -> Parsed:
    if not isinstance(value, dict) or value.get("SchemaVersion") != 2:
        raise Malformed("SchemaVersion is not 2")
    metadata = object_of(value, "Metadata")
    results = objects(value, "Results")
    packages = [(one, package) for result in results for one, package in _packages(result)]
    known = {uid: package for one, package in packages if (uid := text_of(object_of(one, "Identifier"), "UID"))}
    inventory = Inventory(
        f"Trivy {text_of(object_of(value, 'Trivy'), 'Version')}".strip(),
        _system(metadata),
        tuple(package for _, package in packages),
        tuple(one for result in results for one in _vulnerabilities(result, known)),
        tuple(one for result in results for one in _secrets(result, value)),
        tuple(one for result in results for one in _licences(result, known)),
    )
    return Parsed(inventory, words(metadata, "DiffIDs", 10_000))


def _system(metadata: Json) -> System | None:
    found = object_of(metadata, "OS")
    family = text_of(found, "Family")
    if not family or family == "none":
        return None
    return System(family, text_of(found, "Name"), bool(part(found, "EOSL", bool)))


def _packages(result: Json) -> Iterator[tuple[Json, InstalledPackage]]:
    kind, system = text_of(result, "Type"), result.get("Class") == _SYSTEM
    for one in objects(result, "Packages"):
        package = InstalledPackage(
            text_of(one, "Name"),
            _version(one),
            kind,
            layer_of(one),
            text_of(one, "FilePath", LINE).lstrip("/"),
            text_of(one, "SrcName"),
            text_of(object_of(one, "Identifier"), "PURL", LINE),
            words(one, "Licenses"),
            system,
        )
        yield one, package


def _version(package: Json) -> str:
    """The whole version: `epoch:version-release`, as vulnerabilities name it."""
    epoch = part(package, "Epoch", int) or 0
    release = text_of(package, "Release")
    return (f"{epoch}:" if epoch else "") + text_of(package, "Version") + (f"-{release}" if release else "")


def _vulnerabilities(result: Json, known: Mapping[str, InstalledPackage]) -> Iterator[Vulnerability]:
    for one in objects(result, "Vulnerabilities"):
        identifier = text_of(one, "VulnerabilityID")
        if not identifier:
            raise Malformed("a vulnerability has no VulnerabilityID")
        score = _score(one)
        yield Vulnerability(
            identifier,
            _affected(one, result, known),
            _severity(one, score),
            text_of(one, "Title", LINE),
            text_of(one, "Description", TEXT),
            text_of(one, "FixedVersion"),
            text_of(one, "Status"),
            score,
            _url(one),
            words(one, "CweIDs"),
            words(one, "VendorIDs"),
        )


def _affected(one: Json, result: Json, known: Mapping[str, InstalledPackage]) -> InstalledPackage:
    """The package, as it was listed; the layer is the vulnerability's."""
    identifier = object_of(one, "PkgIdentifier")
    listed = known.get(text_of(identifier, "UID"))
    if listed is not None and listed.name == text_of(one, "PkgName"):
        return listed._replace(
            layer=layer_of(one) or listed.layer, version=text_of(one, "InstalledVersion") or listed.version
        )
    return InstalledPackage(
        text_of(one, "PkgName"),
        text_of(one, "InstalledVersion"),
        text_of(result, "Type"),
        layer_of(one),
        text_of(one, "PkgPath", LINE).lstrip("/"),
        "",
        text_of(identifier, "PURL", LINE),
        (),
        result.get("Class") == _SYSTEM,
    )


def _severity(one: Json, score: float | None) -> Severity:
    """The severity; where the database does not know it, what the score says, and without a score LOW.

    https://nvd.nist.gov/vuln-metrics/cvss
    """
    word = text_of(one, "Severity")
    if word == "UNKNOWN" and score is not None:
        return next((grade for limit, grade in _SCORES if score >= limit), Severity.LOW)
    if word not in _SEVERITIES:
        raise Malformed("a Severity is none that is known")
    return _SEVERITIES[word]


_SCORES = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM))


def _score(one: Json) -> float | None:
    """The CVSS base score of the source that set the severity, of the NVD, else the highest; newer versions first."""
    scores = object_of(one, "CVSS")
    order = [source for source in (text_of(one, "SeveritySource"), "nvd") if source in scores]
    for source in order:
        found = _base_score(scores[source])
        if found is not None:
            return found
    others = [found for value in scores.values() if (found := _base_score(value)) is not None]
    return max(others, default=None)


def _base_score(value: object) -> float | None:
    if not isinstance(value, dict):
        raise Malformed("a CVSS is no object")
    for key in ("V40Score", "V3Score", "V2Score"):
        found = value.get(key)
        if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found <= 10:
            return float(found)
    return None


def _url(one: Json) -> str:
    url = text_of(one, "PrimaryURL", LINE)
    return url if url.startswith(("https://", "http://")) else ""


def _secrets(result: Json, report: Json) -> Iterator[FoundSecret]:
    """The secrets in files. Those of the image's configuration are left out: Trivy gives neither their layer nor their
    setting, and ScanGuard's own checks find them with both.
    """
    target = text_of(result, "Target", LINE)
    for one in objects(result, "Secrets"):
        layer = layer_of(one)
        if layer or target != text_of(report, "ArtifactName", LINE):
            line = part(one, "StartLine", int) or 0
            kind, title = text_of(one, "RuleID"), text_of(one, "Title")
            yield FoundSecret(kind, title, _severity(one, None), target.lstrip("/"), line, layer)


def _licences(result: Json, known: Mapping[str, InstalledPackage]) -> Iterator[FoundLicence]:
    layers = {(package.name, package.path): package.layer for package in known.values()}
    systems = {package.name: package.layer for package in known.values() if package.system}
    for one in objects(result, "Licenses"):
        name, package = text_of(one, "Name"), text_of(one, "PkgName")
        path = text_of(one, "FilePath", LINE).lstrip("/")
        if name:
            layer = layer_of(one) or layers.get((package, path)) or systems.get(package, "")
            yield FoundLicence(name, text_of(one, "Category").lower(), package, path, layer)
