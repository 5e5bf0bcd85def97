"""What the rules say of an inventory: whole values."""

import pytest

from scanguard.image.inventory import FoundLicence, FoundSecret, Inventory, System
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.model.rule import CATEGORIES, Rule, Severity
from scanguard.plugin import Check
from scanguard.trivy.hook import checks, scanguard_checks
from scanguard.trivy.places import listed
from tests.trivy.samples import image, layer, package, scan_of, vulnerability

CHECKS: dict[str, Check] = {check.rule.id: check for check in checks()}


def problems(
    id: str, inventory: Inventory | None, base_layers: int | None = None, **options: object
) -> list[ImageProblem]:
    check = CHECKS[id]
    values = {option.name: option.default for option in check.rule.options}
    given = {name.replace("_", "-"): value for name, value in options.items()}
    assert set(given) <= set(values)
    return list(check.run(scan_of(inventory, base_layers), values | given))


def inventory(*vulnerabilities, **more) -> Inventory:
    return Inventory("Trivy 0.76.0", None, vulnerabilities=vulnerabilities, **more)


def test_there_are_four_rules() -> None:
    assert [(check.rule.id, check.rule.name, check.subject, sorted(check.needs)) for check in checks()] == [
        ("SGV101", "vulnerable-package", "image", ["inventory"]),
        ("SGV102", "end-of-life-system", "image", ["inventory"]),
        ("SGV201", "secret-in-image", "image", ["inventory", "secrets"]),
        ("SGV301", "forbidden-licence", "image", ["inventory", "licences"]),
    ]
    assert tuple(scanguard_checks()) == checks()


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.rule.name)
def test_every_rule_has_a_manual(check: Check) -> None:
    rule = check.rule
    assert rule.summary.endswith(".")
    assert rule.category in CATEGORIES
    for section in ("What it does", "Why it is bad", "Example", "How to fix", "References"):
        assert f"\n## {section}\n" in rule.help


@pytest.mark.parametrize("id", CHECKS)
def test_nothing_is_said_of_nothing(id: str) -> None:
    assert problems(id, None) == []
    assert problems(id, inventory()) == []


def test_one_package() -> None:
    one = vulnerability(package("libc6", "2.36-9"))._replace(
        title="glibc: a buffer overflow.",
        score=7.84,
        aliases=("DSA-5514-1",),
        cwe=("CWE-122",),
        url="https://avd.aquasec.com/nvd/cve-2023-4911",
        kev=False,
        epss=0.7421,
    )
    assert problems("SGV101", inventory(one)) == [
        ImageProblem(
            "libc6 2.36-9 has CVE-2023-4911 (glibc: a buffer overflow); fixed in 2.0.",
            ImagePlace(0, ""),
            severity=Severity.HIGH,
            key="libc6",
            rule=Rule(
                "CVE-2023-4911",
                "vulnerable-package",
                "vulnerability",
                Severity.HIGH,
                "glibc: a buffer overflow.",
                "glibc: a buffer overflow.\n\nIt overflows.\n\nAlso known as DSA-5514-1.\n\n## References\n\n"
                "- [CVE-2023-4911](https://avd.aquasec.com/nvd/cve-2023-4911)\n"
                "- [NVD](https://nvd.nist.gov/vuln/detail/CVE-2023-4911)",
                controls=(("cwe", ("122",)),),
            ),
            facts=(
                ("package", "libc6 2.36-9 → 2.0"),
                ("CVSS", "7.8"),
                ("EPSS", "74.2%"),
                ("advisory", "https://avd.aquasec.com/nvd/cve-2023-4911"),
            ),
        )
    ]


@pytest.mark.parametrize("description", ["", "glibc: a buffer overflow", "glibc: a buffer overflow."])
def test_the_manual_says_nothing_twice(description: str) -> None:
    one = vulnerability(package("libc6", "2.36-9"))._replace(title="glibc: a buffer overflow", description=description)
    (found,) = problems("SGV101", inventory(one._replace(aliases=("DSA-5514-1",))))
    assert found.rule is not None
    assert found.rule.help.startswith("glibc: a buffer overflow.\n\nAlso known as DSA-5514-1.\n\n## References\n\n")


def test_several_packages_are_one_finding_on_a_line_of_ours() -> None:
    base, ours = package("libssl3", "3.0"), package("openssl", "3.0", 2, "opt/x/METADATA")
    found = problems("SGV101", inventory(vulnerability(base), vulnerability(ours), vulnerability(base)), 1)
    assert [(one.message, one.place, one.key, one.facts, one.related) for one in found] == [
        (
            "openssl and libssl3 have CVE-2023-4911 (a buffer overflow); fixed in 2.0.",
            ImagePlace(2, "opt/x/METADATA"),
            "libssl3,openssl",
            (("package", "openssl 3.0 → 2.0"), ("package", "libssl3 3.0 → 2.0"), ("file", "/opt/x/METADATA")),
            (("libssl3 3.0 has it too", ImagePlace(0, "")),),
        )
    ]
    assert problems("SGV101", inventory(vulnerability(base), vulnerability(ours)))[0].place == ImagePlace(0, "")


def test_one_package_in_several_places() -> None:
    both = [vulnerability(package("requests", "2.30.0", 1, path)) for path in ("a/METADATA", "b/METADATA")]
    (found,) = problems("SGV101", inventory(*both))
    assert found.message == "requests 2.30.0 has CVE-2023-4911 (a buffer overflow); fixed in 2.0."
    assert (found.key, found.place) == ("requests", ImagePlace(1, "a/METADATA"))
    assert found.related == (("requests 2.30.0 has it too", ImagePlace(1, "b/METADATA")),)


def test_no_fix() -> None:
    one = vulnerability(package("zlib1g"), fixed="")._replace(status="will_not_fix", title="")
    (found,) = problems("SGV101", inventory(one))
    assert found.message == "zlib1g 1.0 has CVE-2023-4911; there is no version without it yet."
    assert found.facts == (("package", "zlib1g 1.0"), ("status", "will not fix"))
    assert problems("SGV101", inventory(one), ignore_unfixed=True) == []


def test_unfixed_packages_only_are_left_out() -> None:
    mixed = [vulnerability(package("a"), fixed=""), vulnerability(package("b"))]
    assert [one.key for one in problems("SGV101", inventory(*mixed), ignore_unfixed=True)] == ["b"]
    assert [one.key for one in problems("SGV101", inventory(*mixed))] == ["a,b"]


@pytest.mark.parametrize(("least", "ids"), [("note", 3), ("medium", 2), ("HIGH", 1), ("critical", 0)])
def test_the_least_severity(least: str, ids: int) -> None:
    levels = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    all_ = [vulnerability(package("a"), f"CVE-2024-000{level}", level) for level in levels]
    assert len(problems("SGV101", inventory(*all_), minimum_severity=least)) == ids


@pytest.mark.parametrize(("option", "severity"), [(True, Severity.CRITICAL), (False, Severity.LOW)])
def test_exploited_ones(option: bool, severity: Severity) -> None:
    one = vulnerability(package("a"), severity=Severity.LOW)._replace(kev=True)
    (found,) = problems("SGV101", inventory(one), kev_is_critical=option)
    assert found.rule is not None
    assert (found.severity, found.rule.severity) == (severity, severity)
    assert ("known to be exploited", "yes (CISA KEV)") in found.facts


def test_the_gravest_of_several_packages_counts() -> None:
    two = [vulnerability(package("a"), severity=Severity.LOW), vulnerability(package("b"), severity=Severity.HIGH)]
    assert [one.severity for one in problems("SGV101", inventory(*two))] == [Severity.HIGH]


def test_findings_come_in_the_order_of_their_ids() -> None:
    three = [vulnerability(package("a"), id) for id in ("CVE-2024-2", "CVE-2023-9", "GHSA-x")]
    found = problems("SGV101", inventory(*three))
    assert [one.rule.id for one in found if one.rule is not None] == ["CVE-2023-9", "CVE-2024-2", "GHSA-x"]


def test_many_packages_are_bounded() -> None:
    many = [vulnerability(package(f"p{number:03}", layer_number=2, path=f"d/{number:03}")) for number in range(500)]
    (found,) = problems("SGV101", inventory(*many))
    assert found.message.startswith("p000, p001, p002, p003, p004 and 495 more have CVE-2023-4911")
    assert (len(found.facts), found.facts[50]) == (61, ("further packages", "450"))
    assert len(found.related) == 20


@pytest.mark.parametrize(
    ("names", "text"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_lists(names: tuple[str, ...], text: str) -> None:
    assert listed(names) == text


@pytest.mark.parametrize(("ended", "count"), [(True, 1), (False, 0), (None, 0)])
def test_a_system_at_its_end(ended: bool | None, count: int) -> None:
    found = problems("SGV102", inventory()._replace(system=System("debian", "9.13", ended)))
    wanted = ImageProblem(
        "debian 9.13 has reached its end of life.", ImagePlace(0, "etc/os-release"), key="debian 9.13"
    )
    assert found == [wanted] * count


def test_secrets() -> None:
    found = (
        FoundSecret("github-pat", "GitHub Personal Access Token", Severity.CRITICAL, "app/b.ini", 9, layer(2)),
        FoundSecret("github-pat", "GitHub Personal Access Token", Severity.CRITICAL, "app/b.ini", 4, layer(2)),
        FoundSecret("private-key", "", Severity.HIGH, "etc/key.pem", 1, layer(0)),
        FoundSecret("aws", "AWS key", Severity.MEDIUM, "gone", 0, "sha256:unknown"),
    )
    assert problems("SGV201", inventory(secrets=found), 1) == [
        ImageProblem(
            "'/app/b.ini' holds a secret: GitHub Personal Access Token (lines 4 and 9).",
            ImagePlace(2, "app/b.ini"),
            severity=Severity.CRITICAL,
            key="app/b.ini:github-pat",
            facts=(("kind", "github-pat"), ("file", "/app/b.ini")),
        ),
        ImageProblem(
            "'/gone' holds a secret: AWS key.",
            ImagePlace(None, "gone"),
            severity=Severity.MEDIUM,
            key="gone:aws",
            facts=(("kind", "aws"), ("file", "/gone")),
        ),
        ImageProblem(
            "'/etc/key.pem' holds a secret: private-key (line 1).",
            ImagePlace(0, "etc/key.pem"),
            severity=Severity.HIGH,
            key="etc/key.pem:private-key",
            facts=(("kind", "private-key"), ("file", "/etc/key.pem")),
        ),
    ]


def test_the_key_of_tests_that_a_package_makes_is_low() -> None:
    path = "etc/ssl/private/ssl-cert-snakeoil.key"
    secrets = tuple(FoundSecret("private-key", "", Severity.HIGH, at, 1, layer(2)) for at in (path, f"app/{path}"))
    found = problems("SGV201", inventory(secrets=secrets), 1)
    assert [(one.key.partition(":")[0], one.severity) for one in found] == [
        (f"app/{path}", Severity.HIGH),
        (path, Severity.LOW),
    ]


LICENCES = (
    FoundLicence("AGPL-3.0-only", "forbidden", "pymupdf", "opt/p/METADATA", layer(2)),
    FoundLicence("AGPL-3.0-only", "forbidden", "other", "", layer(0)),
    FoundLicence("GPL-2.0-only", "restricted", "bash", "", layer(0)),
    FoundLicence("MIT", "notice", "", "usr/share/LICENSE", layer(1)),
    FoundLicence("odd", "unknown", "x", "", ""),
)


def test_forbidden_licences() -> None:
    assert problems("SGV301", inventory(licences=LICENCES), 1) == [
        ImageProblem(
            "pymupdf is under the licence AGPL-3.0-only (forbidden).",
            ImagePlace(2, "opt/p/METADATA"),
            key="AGPL-3.0-only",
            facts=(("package", "pymupdf"), ("file", "/opt/p/METADATA")),
        ),
        ImageProblem(
            "other is under the licence AGPL-3.0-only (forbidden).",
            ImagePlace(0),
            key="AGPL-3.0-only in the base",
            facts=(("package", "other"),),
        ),
    ]


@pytest.mark.parametrize(
    ("deny", "allow", "names"),
    [
        ((), (), []),
        (("restricted",), (), ["GPL-2.0-only"]),
        (("agpl-*", "mit"), (), ["AGPL-3.0-only", "MIT"]),
        (("forbidden",), ("AGPL-3.0-only",), ["GPL-2.0-only", "MIT", "odd"]),
        (("AGPL-3.0-only",), ("agpl-*", "restricted", "notice", "unknown"), ["AGPL-3.0-only"]),
        ((), ("notice", "GPL-*", "AGPL-*"), ["odd"]),
        (("forbidden", "restricted", "unknown"), ("*",), []),
    ],
)
def test_lists_of_licences(deny: tuple[str, ...], allow: tuple[str, ...], names: list[str]) -> None:
    found = problems("SGV301", inventory(licences=LICENCES), deny=deny, allow=allow)
    assert [one.key for one in found] == names


def test_a_file_without_a_package() -> None:
    (found,) = problems("SGV301", inventory(licences=LICENCES), deny=("MIT",))
    assert (found.message, found.place, found.facts) == (
        "/usr/share/LICENSE is under the licence MIT (notice).",
        ImagePlace(1, "usr/share/LICENSE"),
        (("file", "/usr/share/LICENSE"),),
    )


def test_samples_have_layers() -> None:
    assert image().diff_ids == (layer(0), layer(1), layer(2))
