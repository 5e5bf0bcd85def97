"""A vulnerability database for Trivy, written without Trivy and without a network: the same bytes for the same advisories.

The file is a bbolt database (https://github.com/etcd-io/bbolt), the buckets are those of trivy-db's schema 2
(https://github.com/aquasecurity/trivy-db). The advisories below are public and their versions are real ones.
"""

import json
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

Bucket: TypeAlias = Mapping[str, "bytes | Bucket"]

PAGE = 4096
META, LEAF, FREELIST = 4, 2, 16
MAGIC, VERSION = 0xED0CDAED, 2
UPDATED = "2026-11-20T06:00:00Z"
NEXT = "2100-01-01T00:00:00Z"

LEVELS = {"UNKNOWN": 0, "LOW": 1, "MEDIUM": 2, "HIGH": 3, "CRITICAL": 4}
WILL_NOT_FIX = 5

SOURCES = {
    "debian 12": (
        "debian",
        "Debian Security Tracker",
        "https://salsa.debian.org/security-tracker-team/security-tracker",
    ),
    "alpine 3.19": ("alpine", "Alpine Secdb", "https://secdb.alpinelinux.org/"),
    "pip::GitHub Security Advisory pip": (
        "ghsa",
        "GitHub Security Advisory pip",
        "https://github.com/advisories?query=type%3Areviewed+ecosystem%3Apip",
    ),
}

# bucket, package (the source package for systems), id, advisory
ADVISORIES: tuple[tuple[str, str, str, Mapping[str, object]], ...] = (
    ("debian 12", "glibc", "CVE-2023-4911", {"FixedVersion": "2.36-9+deb12u3", "VendorIDs": ["DSA-5514-1"]}),
    ("debian 12", "openssl", "CVE-2024-6119", {"FixedVersion": "3.0.14-1~deb12u2", "VendorIDs": ["DSA-5764-1"]}),
    ("debian 12", "zlib", "CVE-2023-45853", {"Status": WILL_NOT_FIX, "Severity": 0}),
    ("alpine 3.19", "openssl", "CVE-2024-0727", {"FixedVersion": "3.1.4-r5"}),
    (
        "pip::GitHub Security Advisory pip",
        "requests",
        "CVE-2023-32681",
        {
            "VulnerableVersions": [">=2.3.0, <2.31.0"],
            "PatchedVersions": ["2.31.0"],
            "VendorIDs": ["GHSA-j8r2-6x86-q33q"],
        },
    ),
    (
        "pip::GitHub Security Advisory pip",
        "flask",
        "CVE-2023-30861",
        {
            "VulnerableVersions": ["<2.2.5", ">=2.3.0, <2.3.2"],
            "PatchedVersions": ["2.2.5", "2.3.2"],
            "VendorIDs": ["GHSA-m2qf-hxjv-5gpq"],
        },
    ),
)

# id, title, severity, CVSS 3 score and vector, CWEs
VULNERABILITIES: tuple[tuple[str, str, str, float, str, tuple[str, ...]], ...] = (
    (
        "CVE-2023-4911",
        "glibc: buffer overflow in ld.so leading to privilege escalation",
        "HIGH",
        7.8,
        "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
        ("CWE-122",),
    ),
    (
        "CVE-2024-6119",
        "openssl: possible denial of service in X.509 name checks",
        "HIGH",
        7.5,
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
        ("CWE-843",),
    ),
    (
        "CVE-2023-45853",
        "zlib: integer overflow and heap buffer overflow in zipOpenNewFileInZip4_64",
        "CRITICAL",
        9.8,
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        ("CWE-190",),
    ),
    (
        "CVE-2024-0727",
        "openssl: denial of service through null dereference in PKCS12 parsing",
        "MEDIUM",
        5.5,
        "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:N/I:N/A:H",
        ("CWE-476",),
    ),
    (
        "CVE-2023-32681",
        "python-requests: unintended leak of the Proxy-Authorization header",
        "MEDIUM",
        6.1,
        "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:C/C:H/I:N/A:N",
        ("CWE-200",),
    ),
    (
        "CVE-2023-30861",
        "flask: possible disclosure of the permanent session cookie due to a missing Vary header",
        "HIGH",
        7.5,
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
        ("CWE-488", "CWE-539"),
    ),
)


def write_cache(cache: Path, updated: str = UPDATED, next_update: str = NEXT) -> Path:
    """A cache directory that Trivy takes: `db/trivy.db` and `db/metadata.json`. Returns the database's path."""
    folder = cache / "db"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metadata.json").write_text(metadata(updated, next_update), encoding="utf-8")
    path = folder / "trivy.db"
    path.write_bytes(database())
    return path


def metadata(updated: str = UPDATED, next_update: str = NEXT) -> str:
    times = {"NextUpdate": next_update, "UpdatedAt": updated, "DownloadedAt": updated}
    return json.dumps({"Version": 2, **times})


def database(
    advisories: Iterable[tuple[str, str, str, Mapping[str, object]]] = ADVISORIES,
    vulnerabilities: Iterable[tuple[str, str, str, float, str, tuple[str, ...]]] = VULNERABILITIES,
) -> bytes:
    root: dict[str, bytes | Bucket] = {
        "data-source": {
            name: _json({"ID": key, "Name": title, "URL": url}) for name, (key, title, url) in SOURCES.items()
        },
        "vulnerability": {one[0]: _vulnerability(one) for one in vulnerabilities},
    }
    for bucket, package, name, advisory in advisories:
        packages = root.setdefault(bucket, {})
        packages.setdefault(package, {})[name] = _json(advisory)  # type: ignore[union-attr]
    return bolt(root)


def _vulnerability(row: tuple[str, str, str, float, str, tuple[str, ...]]) -> bytes:
    name, title, severity, score, vector, weaknesses = row
    return _json(
        {
            "Title": title,
            "Description": f"{title}.",
            "Severity": severity,
            "VendorSeverity": {"nvd": LEVELS[severity], "ghsa": LEVELS[severity]},
            "CVSS": {"nvd": {"V3Score": score, "V3Vector": vector}},
            "CweIDs": weaknesses,
            "References": [f"https://nvd.nist.gov/vuln/detail/{name}"],
            "PublishedDate": "2024-01-01T00:00:00Z",
            "LastModifiedDate": "2024-06-01T00:00:00Z",
        }
    )


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def bolt(root: Bucket) -> bytes:
    """A bbolt file: two meta pages, an empty freelist, and one leaf for each bucket, however long it gets."""
    pages: list[bytes] = [b""] * 2 + [_header(2, FREELIST, 0).ljust(PAGE, b"\0")]
    top = _bucket(root, pages)
    count = len(pages)
    pages[0], pages[1] = (_meta(number, top, count) for number in (0, 1))
    return b"".join(pages)


def _bucket(items: Bucket, pages: list[bytes]) -> int:
    """Add a bucket and all below it to the pages; returns the number of its page."""
    entries = []
    for key in sorted(items, key=str.encode):
        value = items[key]
        data = value if isinstance(value, bytes) else struct.pack("<QQ", _bucket(value, pages), 0)
        entries.append((key.encode(), data, not isinstance(value, bytes)))
    body, at = b"", 16 * len(entries)
    elements = b""
    for index, (name, data, nested) in enumerate(entries):
        elements += struct.pack("<IIII", int(nested), at - 16 * index + len(body), len(name), len(data))
        body += name + data
    number = len(pages)
    size = 16 + len(elements) + len(body)
    extra = -(-size // PAGE) - 1
    page = _header(number, LEAF, len(entries), extra) + elements + body
    page = page.ljust((extra + 1) * PAGE, b"\0")
    pages.extend(page[start : start + PAGE] for start in range(0, len(page), PAGE))
    return number


def _header(number: int, flags: int, count: int, overflow: int = 0) -> bytes:
    return struct.pack("<QHHI", number, flags, count, overflow)


def _meta(number: int, root: int, pages: int) -> bytes:
    body = struct.pack("<IIIIQQQQQ", MAGIC, VERSION, PAGE, 0, root, 0, 2, pages, number)
    checksum = 0xCBF29CE484222325
    for byte in body:
        checksum = ((checksum ^ byte) * 0x100000001B3) & (2**64 - 1)
    return (_header(number, META, 0) + body + struct.pack("<Q", checksum)).ljust(PAGE, b"\0")
