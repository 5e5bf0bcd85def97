"""What scanners of images mean by a result: the image, the vulnerability and its package, the secret and its file.

Trivy names the image in the run's properties and the package in the message, Grype the image in the logical location and
the package in the rule's id. Neither is part of SARIF:
https://github.com/aquasecurity/trivy/blob/main/pkg/report/sarif.go,
https://github.com/anchore/grype/blob/main/grype/presenter/sarif/presenter.go.
"""

import re

from scanguard.imports.document import Node
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference

_LONGEST = 300
_YEARLY = r"(?:CVE|ELSA|RHSA|ALSA|RLSA|GO|PYSEC|RUSTSEC)-\d{4}-\d+"
_CODE = re.compile(rf"(?i)({_YEARLY}|GHSA(?:-[0-9a-z]{{4}}){{3}})(?:-(.+))?").fullmatch
_PACKAGE = re.compile(r"Package: (\S{1,200})\s+Installed Version:").match
_ARTIFACT = re.compile(r"Artifact: (/?\S{1,1000})\s").match
_QUALIFIED = re.compile(r"([^\s@]{1,300})@sha256:[0-9a-f]{64}:/").match
_ARCHIVES = (".tar", ".tar.gz", ".tgz")


class Subject(NamedTuple):
    """What a result is about. `key` is that of a finding of ours: a package, or the path and the kind of a secret."""

    code: str
    category: str
    key: str = ""
    file: str = ""


def subject(code: str, about: Node, result: Node) -> Subject:
    """What the result of this rule is about; its key is empty where the tool does not say, or speaks of no image."""
    text = result["message"]["text"].text()[:4_000]
    vulnerability = _CODE(code)
    if vulnerability is not None:
        package = _PACKAGE(text)
        return Subject(vulnerability[1], "vulnerability", vulnerability[2] or (package[1] if package else ""))
    artifact = _ARTIFACT(text)
    if about["name"].text() != "Secret" or artifact is None:
        return Subject(code, "secrets" if about["name"].text() == "Secret" else "hygiene")
    path = artifact[1].lstrip("/")
    return Subject(code, "secrets", f"{path}:{code}", f"/{path}")


def image_of_run(run: Node) -> str:
    """The image that Trivy says it scanned, without tag and digest: of an archive its first tag; empty for no image."""
    bag = run["properties"]
    name, tags = bag["imageName"].value, bag["repoTags"].value
    if not isinstance(name, str) or not name:
        return ""
    tag = tags[0] if isinstance(tags, list) and tags and isinstance(tags[0], str) else ""
    return _familiar(tag if tag and name.lower().endswith(_ARCHIVES) else name)


def image_of_result(result: Node) -> str:
    """The image that Grype says a result is about; empty where it says none."""
    found = _QUALIFIED(result["locations"].first["logicalLocations"].first["fullyQualifiedName"].text())
    return _familiar(found[1]) if found is not None else ""


def _familiar(name: str) -> str:
    return ImageReference.parse(name[:_LONGEST]).familiar
