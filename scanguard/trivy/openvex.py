"""OpenVEX documents: what a vendor says about vulnerabilities of its products.

https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md. Products and packages are named by package URLs,
https://github.com/package-url/purl-spec.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from scanguard.image.inventory import Vulnerability
from scanguard.image.nodes import Image
from scanguard.model.errors import ConfigurationError
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference

STATUSES: Final = ("not_affected", "fixed", "affected", "under_investigation")
JUSTIFICATIONS: Final = (
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
)
_CLEARS = ("not_affected", "fixed")
_IMAGES = ("oci", "docker")
_BIGGEST = 64 << 20


class Purl(NamedTuple):
    """A package URL in its parts, decoded. An empty version or qualifier says nothing."""

    type: str
    namespace: str
    name: str
    version: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()


class Product(NamedTuple):
    """A product that a statement is about, and the packages in it; without packages it speaks of the product itself."""

    purl: Purl
    packages: tuple[Purl, ...] = ()


class VexStatement(NamedTuple):
    """One statement: `names` are the vulnerability's id and aliases, `time` (UTC, ISO) tells the later of two."""

    names: frozenset[str]
    products: tuple[Product, ...]
    status: str
    explanation: str
    time: str = ""


def read(data: bytes, uri: str) -> tuple[VexStatement, ...]:
    """The statements of a document, in its order. Raises ConfigurationError, with the statement's number, where one is wrong."""
    import json

    if len(data) > _BIGGEST:
        raise ConfigurationError(f"an OpenVEX document of more than {_BIGGEST >> 20} MB is not read", uri)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError("this is no OpenVEX document: it is no JSON", uri) from error
    if not isinstance(document, dict) or "openvex" not in str(document.get("@context", "")):
        raise ConfigurationError("this is no OpenVEX document: '@context' does not name OpenVEX", uri)
    statements = document.get("statements")
    if not isinstance(statements, list):
        raise ConfigurationError("this OpenVEX document has no 'statements'", uri)
    return tuple(_statement(one, document, number, uri) for number, one in enumerate(statements, 1))


def judgement(statements: Iterable[VexStatement], vulnerability: Vulnerability, image: Image) -> VexStatement | None:
    """The statement that clears this package of this vulnerability, None where there is none.

    The latest one holds: an `affected` after a `not_affected` takes it back. Of equally old ones the last one counts.
    """
    names = {vulnerability.id, *vulnerability.aliases}
    package = parse_purl(vulnerability.package.purl)
    spoken = [
        one
        for one in statements
        if not names.isdisjoint(one.names) and any(_speaks(product, package, image) for product in one.products)
    ]
    latest = max(enumerate(spoken), key=lambda pair: (pair[1].time, pair[0]), default=None)
    return latest[1] if latest is not None and latest[1].status in _CLEARS else None


def _speaks(product: Product, package: Purl | None, image: Image) -> bool:
    """Whether a product is this package, or this image with this package in it."""
    if product.purl.type not in _IMAGES:
        named = (product.purl, *product.packages)
        return package is not None and any(purl_matches(one, package) for one in named)
    if not _is_image(product.purl, image):
        return False
    return not product.packages or (package is not None and any(purl_matches(one, package) for one in product.packages))


def _is_image(purl: Purl, image: Image) -> bool:
    """Whether a purl means this image: by its digest where it has one, and by its name."""
    reference = ImageReference.parse(image.name)
    if purl.version.startswith("sha256:") and purl.version not in (image.digest, image.id):
        return False
    if purl.name != reference.repository.rpartition("/")[2]:
        return False
    qualifiers = dict(purl.qualifiers)
    if purl.type == "docker" and purl.namespace:
        return f"{purl.namespace}/{purl.name}" == reference.familiar
    url = qualifiers.get("repository_url", "")
    place = ImageReference.parse(url).familiar
    return not url or reference.familiar in (place, f"{place}/{purl.name}")


def purl_matches(wanted: Purl, package: Purl) -> bool:
    """Whether a package is what a purl means: what the purl does not say is free."""
    return (
        (wanted.type, wanted.namespace, wanted.name) == (package.type, package.namespace, package.name)
        and (not wanted.version or wanted.version == package.version)
        and set(wanted.qualifiers) <= set(package.qualifiers)
    )


def parse_purl(text: str) -> Purl | None:
    """The parts of a package URL, None where it is none."""
    if not text.startswith("pkg:"):
        return None
    from urllib.parse import unquote

    rest = text[4:].lstrip("/").partition("#")[0]
    rest, _, query = rest.partition("?")
    kind, slash, rest = rest.partition("/")
    path, at, version = rest.rpartition("@") if "@" in rest.rpartition("/")[2] else (rest, "", "")
    namespace, _, name = path.strip("/").rpartition("/")
    if not kind or not slash or not name:
        return None
    pairs = (pair.partition("=") for pair in query.split("&") if "=" in pair)
    qualifiers = tuple(sorted((key.lower(), unquote(value)) for key, _, value in pairs))
    kind, name = kind.lower(), unquote(name)
    if kind == "pypi":
        name = name.lower().replace("_", "-")
    return Purl(kind, unquote(namespace), name, unquote(version) if at else "", qualifiers)


def _statement(value: object, document: Mapping[str, Any], number: int, uri: str) -> VexStatement:
    def wrong(what: str) -> ConfigurationError:
        return ConfigurationError(f"statement {number} of this OpenVEX document {what}", uri)

    if not isinstance(value, dict):
        raise wrong("is no object")
    status = value.get("status")
    if status not in STATUSES:
        raise wrong(f"has a status that is none of {', '.join(STATUSES)}")
    names = frozenset(_names(value.get("vulnerability")))
    if not names:
        raise wrong("names no vulnerability")
    justification, impact = value.get("justification") or "", value.get("impact_statement") or ""
    if justification and justification not in JUSTIFICATIONS:
        raise wrong(f"has a justification that is none of {', '.join(JUSTIFICATIONS)}")
    if status == "not_affected" and not (justification or impact):
        raise wrong("says not_affected and gives neither a justification nor an impact_statement")
    products = tuple(_products(value.get("products", document.get("products"))))
    if not products:
        raise wrong("names no product by a package URL")
    words = (
        status.replace("_", " "),
        str(justification).replace("_", " "),
        str(impact or value.get("status_notes") or ""),
    )
    time = value.get("last_updated") or value.get("timestamp") or document.get("timestamp") or ""
    return VexStatement(names, products, status, ": ".join(word for word in words if word)[:1000], _utc(str(time)))


def _utc(time: str) -> str:
    """A time of RFC 3339 in UTC, so that times compare as texts; empty where it is none."""
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(time)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return ""


def _names(value: object) -> Iterator[str]:
    """The id and the aliases of a vulnerability, which older documents give as a text."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict):
        aliases = value.get("aliases")
        for name in (value.get("name"), *(aliases if isinstance(aliases, list) else ())):
            if isinstance(name, str) and name:
                yield name


def _products(value: object) -> Iterator[Product]:
    for one in value if isinstance(value, list) else ():
        inner = one.get("subcomponents") if isinstance(one, dict) else None
        packages = tuple(purl for part in inner or () if (purl := _purl(part)) is not None)
        purl = _purl(one)
        # Parts that no purl names would make the statement speak of the whole product: such a one says nothing.
        if purl is not None and (packages or not inner):
            yield Product(purl, packages)


def _purl(value: object) -> Purl | None:
    """The package URL of a component: its identifier, its id, or the text itself."""
    if isinstance(value, str):
        return parse_purl(value)
    if not isinstance(value, dict):
        return None
    identifiers = value.get("identifiers")
    named: Sequence[object] = (identifiers.get("purl") if isinstance(identifiers, dict) else None, value.get("@id"))
    return next((purl for one in named if isinstance(one, str) and (purl := parse_purl(one)) is not None), None)
