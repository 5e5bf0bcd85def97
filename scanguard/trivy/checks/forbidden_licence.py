from collections.abc import Iterator, Sequence

from scanguard.image.inventory import FoundLicence
from scanguard.image.problems import ImageProblem
from scanguard.model.glob import matches
from scanguard.plugin import ImageScan, Option, Options, Severity, image_check
from scanguard.trivy.places import listed, order, place

_MOST_FACTS = 50


@image_check(
    "SGV301",
    "forbidden-licence",
    Severity.MEDIUM,
    category="supply-chain",
    needs=("inventory", "licences"),
    enabled=False,
    options=(
        Option(
            "deny", ("forbidden",), "licences (`AGPL-*`) and categories (`forbidden`, `restricted`, …) that must not be"
        ),
        Option("allow", (), "licences and categories that may be; if there are any, no other may"),
    ),
)
def check(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    """A package in the image has a licence that the policy does not allow.

    ## What it does

    Compares the licences that packages in the image state with the lists `deny` and `allow`. Both take SPDX identifiers,
    globs of them (`GPL-3.0-*`) and Trivy's categories: `forbidden`, `restricted`, `reciprocal`, `notice`, `permissive`,
    `unencumbered`, `unknown`. `deny` goes before `allow`; a licence that is only in neither is reported where `allow` has
    entries. An identifier in `allow` also excepts a licence from a category in `deny`. One finding for each licence.

    ## Why it is bad

    Whoever hands on the image takes on the duties of these licences.

    ## Example

    ```dockerfile
    FROM python:3.12-slim
    RUN pip install pymupdf
    ```

    `pymupdf` is licensed under AGPL-3.0. A package under a permissive licence does the same:

    ```dockerfile
    FROM python:3.12-slim
    RUN pip install pypdf
    ```

    ## How to fix

    Replace the package, or buy another licence and say so in an exception of the policy.

    ## References

    - [SPDX licence list](https://spdx.org/licenses/)
    - [Categories](https://trivy.dev/latest/docs/scanner/license/)
    """
    allow, deny = _words(options["allow"]), _words(options["deny"])
    groups: dict[tuple[str, bool], list[FoundLicence]] = {}
    for licence in scan.inventory.licences if scan.inventory is not None else ():
        if _refused(licence, allow, deny):
            groups.setdefault((licence.name, order(scan, licence.layer)[0]), []).append(licence)
    for (name, of_base), group in sorted(groups.items()):
        group.sort(key=lambda one: (*order(scan, one.layer), one.path, one.package))
        yield _problem(scan, name, group, f"{name} in the base" if of_base else name)


def _words(value: object) -> tuple[str, ...]:
    return tuple(word.lower() for word in value) if isinstance(value, tuple) else ()


def _refused(licence: FoundLicence, allow: Sequence[str], deny: Sequence[str]) -> bool:
    name = licence.name.lower()
    if any(matches(word, name) for word in deny):
        return True
    if any(matches(word, name) for word in allow):
        return False
    if licence.category in deny:
        return True
    return bool(allow) and licence.category not in allow


def _problem(scan: ImageScan, name: str, group: Sequence[FoundLicence], key: str) -> ImageProblem:
    first = group[0]
    holders = tuple(dict.fromkeys(one.package or f"/{one.path}" for one in group))
    facts = tuple(fact for one in group for fact in _facts(one))
    return ImageProblem(
        f"{listed(holders)} {'is' if len(holders) == 1 else 'are'} under the licence {name} ({first.category}).",
        place(scan, first.layer, first.path),
        key=key,
        facts=facts[:_MOST_FACTS],
    )


def _facts(one: FoundLicence) -> Iterator[tuple[str, str]]:
    if one.package:
        yield "package", one.package
    if one.path:
        yield "file", f"/{one.path}"
