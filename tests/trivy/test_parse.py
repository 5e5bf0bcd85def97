"""Trivy's report becomes an inventory, and what it quotes of secrets goes no further."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.image.inventory import (
    FoundLicence,
    FoundSecret,
    InstalledPackage,
    Inventory,
    System,
    Vulnerability,
)
from scanguard.model.errors import TargetError
from scanguard.model.rule import Severity
from scanguard.trivy import parse as module
from scanguard.trivy.parse import Parsed, parse, read_report
from tests.fakes import fake

ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
DEB = "pkg:deb/debian/zlib1g@1.2.13.dfsg-1?arch=amd64&distro=debian-12.5&epoch=1"
METADATA = "opt/site-packages/requests-2.30.0.dist-info/METADATA"


def report(**changes):
    value = {
        "SchemaVersion": 2,
        "Trivy": {"Version": "0.76.0"},
        "ArtifactName": "image",
        "Metadata": {
            "OS": {"Family": "debian", "Name": "12.5"},
            "DiffIDs": [ONE, TWO],
            "ImageConfig": {"config": {"Env": [f"API_TOKEN={fake('github')}"]}},
        },
        "Results": [
            {
                "Target": "image (debian 12.5)",
                "Class": "os-pkgs",
                "Type": "debian",
                "Packages": [
                    {
                        "ID": "zlib1g@1:1.2.13.dfsg-1",
                        "Name": "zlib1g",
                        "Identifier": {"PURL": DEB, "UID": "a1"},
                        "Version": "1.2.13.dfsg",
                        "Release": "1",
                        "Epoch": 1,
                        "SrcName": "zlib",
                        "Licenses": ["Zlib"],
                        "Layer": {"DiffID": ONE},
                        "InstalledFiles": ["/usr/lib/libz.so.1"],
                    }
                ],
                "Vulnerabilities": [
                    {
                        "VulnerabilityID": "CVE-2023-45853",
                        "PkgName": "zlib1g",
                        "PkgIdentifier": {"PURL": DEB, "UID": "a1"},
                        "InstalledVersion": "1:1.2.13.dfsg-1",
                        "Status": "will_not_fix",
                        "Layer": {"DiffID": ONE},
                        "SeveritySource": "nvd",
                        "Severity": "CRITICAL",
                        "Title": "zlib: integer overflow",
                        "CVSS": {"nvd": {"V2Score": 5, "V3Score": 9.8}, "redhat": {"V3Score": 5.3}},
                        "CweIDs": ["CWE-190"],
                        "PrimaryURL": "https://avd.aquasec.com/nvd/cve-2023-45853",
                        "Fingerprint": "sha256:00",
                    }
                ],
            },
            {
                "Target": "Python",
                "Class": "lang-pkgs",
                "Type": "python-pkg",
                "Packages": [
                    {
                        "Name": "requests",
                        "Identifier": {"PURL": "pkg:pypi/requests@2.30.0", "UID": "b2"},
                        "Version": "2.30.0",
                        "Layer": {"DiffID": TWO},
                        "FilePath": METADATA,
                    }
                ],
                "Vulnerabilities": [
                    {
                        "VulnerabilityID": "CVE-2023-32681",
                        "VendorIDs": ["GHSA-j8r2-6x86-q33q"],
                        "PkgName": "requests",
                        "PkgPath": METADATA,
                        "PkgIdentifier": {"PURL": "pkg:pypi/requests@2.30.0", "UID": "gone"},
                        "InstalledVersion": "2.30.0",
                        "FixedVersion": "2.31.0",
                        "Status": "fixed",
                        "Layer": {"DiffID": TWO},
                        "Severity": "MEDIUM",
                        "PrimaryURL": "javascript:alert(1)",
                    }
                ],
            },
            {
                "Target": "/app/b.ini",
                "Class": "secret",
                "Secrets": [
                    {
                        "RuleID": "github-pat",
                        "Category": "GitHub",
                        "Severity": "CRITICAL",
                        "Title": "GitHub Personal Access Token",
                        "StartLine": 3,
                        "Code": {"Lines": [{"Content": f"next={fake('aws-secret')}"}]},
                        "Match": "token=***",
                        "Layer": {"DiffID": TWO, "CreatedBy": f"RUN |1 TOKEN={fake('github')} make"},
                    }
                ],
            },
            {
                "Target": "image",
                "Class": "secret",
                "Secrets": [{"RuleID": "aws", "Severity": "HIGH", "Title": "AWS key", "StartLine": 77}],
            },
            {
                "Target": "OS Packages",
                "Class": "license",
                "Licenses": [{"Category": "notice", "PkgName": "zlib1g", "Name": "Zlib"}],
            },
            {
                "Target": "Python",
                "Class": "license",
                "Licenses": [
                    {"Category": "Forbidden", "PkgName": "requests", "FilePath": METADATA, "Name": "AGPL-3.0"}
                ],
            },
        ],
    }
    return value | changes


ZLIB = InstalledPackage("zlib1g", "1:1.2.13.dfsg-1", "debian", ONE, "", "zlib", DEB, ("Zlib",), True)
REQUESTS = InstalledPackage("requests", "2.30.0", "python-pkg", TWO, METADATA, "", "pkg:pypi/requests@2.30.0")


def encoded(value) -> bytes:
    return json.dumps(value).encode()


def test_a_whole_report() -> None:
    assert parse(encoded(report())) == Parsed(
        Inventory(
            "Trivy 0.76.0",
            System("debian", "12.5", False),
            (ZLIB, REQUESTS),
            (
                Vulnerability(
                    "CVE-2023-45853",
                    ZLIB,
                    Severity.CRITICAL,
                    "zlib: integer overflow",
                    status="will_not_fix",
                    score=9.8,
                    url="https://avd.aquasec.com/nvd/cve-2023-45853",
                    cwe=("CWE-190",),
                ),
                Vulnerability(
                    "CVE-2023-32681",
                    REQUESTS,
                    Severity.MEDIUM,
                    fixed="2.31.0",
                    status="fixed",
                    aliases=("GHSA-j8r2-6x86-q33q",),
                ),
            ),
            (FoundSecret("github-pat", "GitHub Personal Access Token", Severity.CRITICAL, "app/b.ini", 3, TWO),),
            (
                FoundLicence("Zlib", "notice", "zlib1g", "", ONE),
                FoundLicence("AGPL-3.0", "forbidden", "requests", METADATA, TWO),
            ),
        ),
        (ONE, TWO),
    )


def test_an_image_without_anything() -> None:
    assert parse(encoded({"SchemaVersion": 2})) == Parsed(Inventory("Trivy", None), ())


def test_a_system_at_its_end() -> None:
    found = parse(encoded(report(Metadata={"OS": {"Family": "alpine", "Name": "3.9", "EOSL": True}})))
    assert found.inventory.system == System("alpine", "3.9", True)


@pytest.mark.parametrize("value", [None, {}, {"Family": "none", "Name": ""}])
def test_no_system(value) -> None:
    assert parse(encoded(report(Metadata={"OS": value}))).inventory.system is None


@pytest.mark.parametrize(
    ("scores", "source", "score", "severity"),
    [
        ({}, "", None, Severity.LOW),
        ({"nvd": {"V3Score": 9.1}}, "", 9.1, Severity.CRITICAL),
        ({"nvd": {"V3Score": 7.0}}, "", 7.0, Severity.HIGH),
        ({"nvd": {"V3Score": 4.2}, "ghsa": {"V40Score": 8.1}}, "ghsa", 8.1, Severity.HIGH),
        ({"redhat": {"V3Score": 4.2}, "bitnami": {"V2Score": 3}}, "", 4.2, Severity.MEDIUM),
        ({"nvd": {"V3Score": 0}}, "nvd", None, Severity.LOW),
    ],
)
def test_an_unknown_severity_is_told_by_the_score(scores, source, score, severity) -> None:
    vulnerability = {"VulnerabilityID": "CVE-1", "Severity": "UNKNOWN", "SeveritySource": source, "CVSS": scores}
    found = parse(encoded(report(Results=[{"Vulnerabilities": [vulnerability]}]))).inventory.vulnerabilities
    assert [(one.score, one.severity) for one in found] == [(score, severity)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is no JSON"),
        (encoded(report())[:-40], "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"\xff\xfe", "it is no JSON"),
        (b"[]", "SchemaVersion is not 2"),
        (b"{}", "SchemaVersion is not 2"),
        (encoded(report(SchemaVersion=3)), "SchemaVersion is not 2"),
        (encoded(report(Results={})), "Results is of another kind"),
        (encoded(report(Results=["x"])), "Results holds what is no object"),
        (encoded(report(Metadata=[])), "Metadata is of another kind"),
        (encoded(report(Results=[{"Vulnerabilities": [{"Severity": "HIGH"}]}])), "no VulnerabilityID"),
        (encoded(report(Results=[{"Vulnerabilities": [{"VulnerabilityID": "X", "Severity": "?"}]}])), "Severity"),
        (encoded(report(Results=[{"Vulnerabilities": [{"VulnerabilityID": "X"}]}])), "Severity"),
        (encoded(report(Results=[{"Packages": [{"Name": 1}]}])), "Name is of another kind"),
        (
            encoded(
                report(Results=[{"Vulnerabilities": [{"VulnerabilityID": "X", "Severity": "LOW", "CVSS": {"a": 1}}]}])
            ),
            "CVSS",
        ),
    ],
)
def test_what_is_no_whole_report_is_an_error(data: bytes, said: str) -> None:
    with pytest.raises(TargetError) as caught:
        parse(data)
    assert said in caught.value.message


def test_a_file(tmp_path, monkeypatch) -> None:
    path = tmp_path / "report.json"
    with pytest.raises(TargetError, match="left no report"):
        read_report(str(path))
    path.write_bytes(encoded(report()))
    assert read_report(str(path)) == parse(encoded(report()))
    monkeypatch.setattr(module, "BIGGEST", 10)
    with pytest.raises(TargetError, match="larger than"):
        read_report(str(path))


MARK = "hidden-" + "needle"
TEXTS = st.text(max_size=12).map(lambda text: f"{MARK}{text}")
KEYS = st.sampled_from(["Code", "Match", "ImageConfig", "Causes", "CauseMetadata", "Text"])
VALUES = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


@given(st.lists(st.tuples(st.lists(st.integers(0, 5), max_size=6), KEYS, VALUES), min_size=1, max_size=6))
@settings(max_examples=60)
def test_nothing_that_is_quoted_survives(places) -> None:
    """Wherever in the report Trivy quotes a file or a setting, nothing of it is in the inventory."""
    value = report()
    for way, key, quoted in places:
        at = value
        for step in way:
            inner = [
                part for part in (at.values() if isinstance(at, dict) else at) if isinstance(part, dict | list) and part
            ]
            at = inner[step % len(inner)] if inner else at
        while isinstance(at, list):
            at = next((part for part in at if isinstance(part, dict)), value)
        at[key] = quoted
    assert MARK not in repr(parse(encoded(value)))


PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
ANYTHING = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3), max_leaves=6)


@given(ANYTHING, st.data())
@settings(max_examples=100)
def test_any_value_in_any_place_is_taken_or_refused(replacement, data) -> None:
    value = report()
    at = value
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
        if not (isinstance(at[key], dict | list) and at[key]) or data.draw(st.booleans()):
            break
        at = at[key]
    at[key] = replacement
    with suppress(TargetError):
        parse(encoded(value))
