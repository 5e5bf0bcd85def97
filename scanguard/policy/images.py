"""Which images a policy wants checked, and how Trivy looks at them.

A policy that was found in the scanned repository must not choose a program, a server or a file elsewhere: whoever may
open a pull request could run or read anything with it.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanguard.model.record import NamedTuple
from scanguard.model.reference import is_path
from scanguard.policy.document import Document, Path
from scanguard.policy.exceptions import texts
from scanguard.policy.model import ImageTarget, TrivyPolicy

_NOT_FROM_THE_REPOSITORY = ("path", "sha256", "db_repository", "server")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


class Standing(NamedTuple):
    """Where a policy's file lies and whether it is trusted: not where it was found in the scanned repository.

    `directory` is absolute; `within` is the directory that the files named by an untrusted policy must lie in.
    """

    directory: str
    trusted: bool = True
    within: str = ""


def images(document: Document, entries: Sequence[Mapping[str, Any]], standing: Standing) -> Iterator[ImageTarget]:
    """The entries of `images`; paths of images in an untrusted policy are from its directory, and made absolute.

    Raises ConfigurationError for paths that lead out of the repository, by a link too.
    """
    for index, entry in enumerate(entries):
        path: Path = ("images", index)
        dockerfile = entry.get("dockerfile", "")
        if _leads_out(dockerfile):
            message = f"'{dockerfile}' must be a path from the repository's root, without '/' in front and without '..'"
            raise document.error(message, (*path, "dockerfile"))
        image: str = entry["image"]
        if not standing.trusted and (is_path(image) or _leads_out(image)):
            image = _file(document, image, (*path, "image"), standing)
        place = document.places[path].value
        target, platform = entry.get("target", ""), entry.get("platform", "")
        yield ImageTarget(image, dockerfile.removeprefix("./"), target, platform, document.uri, place)


def trivy(document: Document, entry: Mapping[str, Any], standing: Standing) -> TrivyPolicy:
    """The mapping `trivy`, its paths made absolute.

    Raises ConfigurationError where an untrusted policy sets what only a trusted one may.
    """
    for key in _NOT_FROM_THE_REPOSITORY:
        if key in entry and not standing.trusted:
            message = f"'{key}' counts only in a policy that --policy names: this one was found in the repository"
            raise document.error(message, ("trivy", key), key=True)
    if "@" in entry.get("server", ""):
        message = "'server' must hold no user and no password; the token comes from SCANGUARD_TRIVY_TOKEN"
        raise document.error(message, ("trivy", "server"))
    return TrivyPolicy(
        _file(document, entry["path"], ("trivy", "path"), standing) if "path" in entry else "",
        entry.get("sha256", ""),
        texts(entry.get("db_repository", [])),
        entry.get("max_database_age"),
        entry.get("timeout"),
        entry.get("server", ""),
        _file(document, entry["ignorefile"], ("trivy", "ignorefile"), standing) if "ignorefile" in entry else "",
        tuple(_file(document, *one, standing) for one in _vex(entry)),
        _file(document, entry["kev"], ("trivy", "kev"), standing) if "kev" in entry else "",
        _file(document, entry["epss"], ("trivy", "epss"), standing) if "epss" in entry else "",
    )


def _vex(entry: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    value = entry.get("vex", [])
    if isinstance(value, str):
        yield value, ("trivy", "vex")
    else:
        for index, one in enumerate(value):
            yield one, ("trivy", "vex", index)


def _file(document: Document, text: str, path: Path, standing: Standing) -> str:
    """An absolute path; of an untrusted policy one that no link leads out of the repository."""
    try:
        real = os.path.realpath(os.path.join(standing.directory, text))
        inside = os.path.commonpath((real, standing.within)) == standing.within if standing.within else True
    except ValueError:
        raise document.error(f"'{text}' is not a path", path) from None
    if not standing.trusted and (_leads_out(text) or not inside):
        raise document.error(_outside(text), path)
    return real


def _leads_out(text: str) -> bool:
    """Whether a text is a path that begins elsewhere or goes up."""
    return text.startswith(("/", "~", "\\")) or ".." in re.split(r"[/\\]", text) or bool(_DRIVE.match(text))


def _outside(text: str) -> str:
    return f"'{text}' lies outside the repository; only a policy that --policy names may say so"
