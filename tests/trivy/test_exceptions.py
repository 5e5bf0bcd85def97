"""Accepted vulnerabilities: by the policy, by OpenVEX documents, by a `.trivyignore` that the policy names."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.image.inventory import Inventory
from scanguard.model.errors import ConfigurationError
from scanguard.model.finding import Suppression
from scanguard.trivy.exceptions import IgnoredVulnerability, covers, read_ignorefile, suppressions
from scanguard.trivy.openvex import Product, Purl, VexStatement, judgement, parse_purl, purl_matches, read
from tests.trivy.samples import image, package, vulnerability

TODAY = "2026-11-21"
ID = "CVE-2023-4911"
LIBC_URL = Purl("deb", "debian", "libc6", "2.36-9+deb12u1", (("arch", "a"), ("distro", "d")))
LIBC = vulnerability(package("libc6", "2.36-9"))._replace(aliases=("DSA-5514-1",))
REQUESTS = vulnerability(package("requests", "2.30.0", 2, "opt/venv/requests/METADATA"))


def accepted(id: str = ID, expires: str = "", packages: tuple[str, ...] = (), path: str = "") -> IgnoredVulnerability:
    return IgnoredVulnerability(id, "not reachable", expires, packages, path)


@pytest.mark.parametrize(
    ("exception", "libc", "requests"),
    [
        (accepted(), True, True),
        (accepted("CVE-2023-4912"), False, False),
        (accepted("DSA-5514-1"), True, False),
        (accepted(packages=("libc6", "x")), True, False),
        (accepted(packages=("requests",)), False, True),
        (accepted(path="opt/**"), False, True),
        (accepted(path="opt/*"), False, False),
        (accepted(path="**", packages=("libc6",)), False, False),
    ],
)
def test_what_an_exception_covers(exception: IgnoredVulnerability, libc: bool, requests: bool) -> None:
    assert (covers(exception, LIBC), covers(exception, REQUESTS)) == (libc, requests)


def marked(*exceptions: IgnoredVulnerability, statements: tuple[VexStatement, ...] = (), key: str = "libc6,requests"):
    inventory = Inventory("Trivy", None, vulnerabilities=(LIBC, REQUESTS, vulnerability(package("z"), "CVE-1")))
    return suppressions(ID, key, inventory, image(), exceptions, statements, TODAY)


def test_a_finding_is_marked_where_all_its_packages_are_covered() -> None:
    libc, requests = accepted(packages=("libc6",)), accepted(packages=("requests",), expires="2026-11-21")
    assert marked() == ()
    assert marked(accepted()) == (Suppression("policy", "not reachable"),)
    assert marked(libc) == ()
    assert marked(libc, key="libc6") == (Suppression("policy", "not reachable"),)
    assert marked(libc, requests) == (
        Suppression("policy", "not reachable"),
        Suppression("policy", "not reachable", "2026-11-21"),
    )
    assert marked(libc, requests._replace(expires="2026-11-20")) == ()
    assert marked(accepted(), key="nothing") == ()


def statement(
    status: str = "not_affected", product: str = "pkg:deb/debian/libc6", time: str = "", **more: object
) -> dict:
    value = {"vulnerability": {"name": ID}, "products": [{"@id": product}], "status": status}
    extra = {"justification": "vulnerable_code_not_present"} if status == "not_affected" else {}
    return value | extra | ({"timestamp": time} if time else {}) | more


def document(*statements: object, **more: object) -> bytes:
    head = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "urn:x",
        "author": "me",
        "timestamp": "2024-01-01T00:00:00Z",
    }
    return json.dumps(head | {"statements": statements} | more).encode()


def cleared(*statements: object, of=LIBC, **more: object) -> bool:
    named = image()._replace(name="ghcr.io/acme/app", digest="sha256:" + "d" * 64)
    return judgement(read(document(*statements, **more), "vex.json"), of, named) is not None


def test_a_document() -> None:
    assert read(document(statement(impact_statement="never called")), "vex.json") == (
        VexStatement(
            frozenset({ID}),
            (Product(Purl("deb", "debian", "libc6")),),
            "not_affected",
            "not affected: vulnerable code not present: never called",
            "2024-01-01T00:00:00+00:00",
        ),
    )


def test_a_vex_statement_marks_a_finding() -> None:
    statements = read(document(statement()), "vex.json")
    said = Suppression("vex", "not affected: vulnerable code not present")
    assert marked(statements=statements, key="libc6") == (said,)
    assert marked(statements=statements) == ()
    assert marked(accepted(packages=("requests",)), statements=statements) == (
        said,
        Suppression("policy", "not reachable"),
    )
    assert marked(accepted(), statements=statements) == (Suppression("policy", "not reachable"),)


IMAGE = "pkg:oci/app"


@pytest.mark.parametrize(
    ("product", "clears"),
    [
        ({"@id": "pkg:deb/debian/libc6"}, True),
        ({"@id": "pkg:deb/debian/libc6@2.36-9"}, True),
        ({"@id": "pkg:deb/debian/libc6@2.36-9?arch=amd64"}, True),
        ({"@id": "pkg:deb/debian/libc6?arch=arm64"}, False),
        ({"@id": "pkg:deb/debian/libc6@2.37"}, False),
        ({"@id": "pkg:deb/ubuntu/libc6"}, False),
        ({"@id": "pkg:deb/debian/libc"}, False),
        ({"@id": "urn:me", "identifiers": {"purl": "pkg:deb/debian/libc6"}}, True),
        ({"@id": IMAGE}, True),
        ({"@id": f"{IMAGE}?repository_url=ghcr.io/acme/app"}, True),
        ({"@id": f"{IMAGE}?repository_url=ghcr.io/acme"}, True),
        ({"@id": f"{IMAGE}?repository_url=ghcr.io/other/app"}, False),
        ({"@id": f"{IMAGE}@sha256%3A{'d' * 64}"}, True),
        ({"@id": f"{IMAGE}@sha256:{'e' * 64}"}, False),
        ({"@id": "pkg:oci/other"}, False),
        ({"@id": IMAGE, "subcomponents": [{"@id": "pkg:deb/debian/libc6"}]}, True),
        ({"@id": IMAGE, "subcomponents": [{"@id": "pkg:deb/debian/zlib1g"}]}, False),
        ({"@id": IMAGE, "subcomponents": [{"@id": "pkg:deb/debian/zlib1g"}, {"@id": "pkg:deb/debian/libc6"}]}, True),
    ],
)
def test_products(product: dict, clears: bool) -> None:
    assert cleared(statement(products=[product])) is clears


def test_other_vulnerabilities_and_aliases() -> None:
    assert not cleared(statement(vulnerability={"name": "CVE-1"}))
    assert cleared(statement(vulnerability={"name": "x", "aliases": ["y", ID]}))
    assert cleared(statement(vulnerability={"name": "DSA-5514-1"}))
    assert cleared(statement(vulnerability=ID))


@pytest.mark.parametrize(("status", "clears"), [("fixed", True), ("affected", False), ("under_investigation", False)])
def test_statuses(status: str, clears: bool) -> None:
    assert cleared(statement(status)) is clears


def test_the_latest_statement_holds() -> None:
    old, new = "2024-01-01T00:00:00Z", "2024-01-01T00:30:00-01:00"
    assert not cleared(statement(time=old), statement("affected", time=new))
    assert not cleared(statement("affected", time=new), statement(time=old))
    assert cleared(statement("affected", time=old), statement(time=new))
    assert cleared(statement("affected"), statement())
    assert not cleared(statement(), statement("affected"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"[]", "'@context'"),
        (b'{"statements": []}', "'@context'"),
        (document(statements=None), "no 'statements'"),
        (document("x"), "statement 1 of this OpenVEX document is no object"),
        (document(statement("safe")), "status that is none of"),
        (
            document(statement(), statement(vulnerability={})),
            "statement 2 of this OpenVEX document names no vulnerability",
        ),
        (document(statement(justification="")), "neither a justification"),
        (document(statement(justification="because")), "justification that is none of"),
        (document(statement(products=[])), "names no product"),
        (document(statement(products=[{"@id": "app"}])), "names no product"),
        (document(statement(products=[{"@id": IMAGE, "subcomponents": [{"@id": "libc6"}]}])), "names no product"),
        (document(statement(products="app")), "names no product"),
    ],
)
def test_documents_that_are_none(data: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(data, "vex.json")
    assert said in caught.value.message
    assert caught.value.uri == "vex.json"


@pytest.mark.parametrize(
    ("text", "purl"),
    [
        ("pkg:pypi/Foo_Bar@1.0", Purl("pypi", "", "foo-bar", "1.0")),
        (
            "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?distro=d&arch=a",
            LIBC_URL,
        ),
        ("pkg:npm/%40angular/core@1", Purl("npm", "@angular", "core", "1")),
        ("pkg:npm/@angular/core", Purl("npm", "@angular", "core")),
        ("pkg:golang/github.com/a/b@v1#sub", Purl("golang", "github.com/a", "b", "v1")),
        ("pkg://PyPI/x", Purl("pypi", "", "x")),
        ("pkg:pypi", None),
        ("pkg:pypi/", None),
        ("pypi/x", None),
        ("", None),
    ],
)
def test_package_urls(text: str, purl: Purl | None) -> None:
    assert parse_purl(text) == purl


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_any_text_is_a_package_url_or_none(text: str) -> None:
    found = parse_purl(f"pkg:{text}")
    assert found is None or purl_matches(found, found)


def test_an_ignorefile() -> None:
    text = """\ufeff# not reachable,
# says the vendor
CVE-2023-4911
CVE-2024-6119 exp:2026-12-31 # until the update

# about nothing

GHSA-x exp:soon
\tDSA-1\t
"""
    assert read_ignorefile(text) == (
        IgnoredVulnerability("CVE-2023-4911", ".trivyignore: not reachable, says the vendor"),
        IgnoredVulnerability("CVE-2024-6119", ".trivyignore: until the update", "2026-12-31"),
        IgnoredVulnerability("GHSA-x", ".trivyignore", "0001-01-01"),
        IgnoredVulnerability("DSA-1", ".trivyignore"),
    )
    assert read_ignorefile("") == ()
