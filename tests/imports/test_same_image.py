"""What scanners of images say of an image that we checked too is said once."""

from typing import Any

import pytest

from scanguard.imports.equivalents import Equivalents
from scanguard.imports.join import finished, joined
from scanguard.imports.once import once
from scanguard.model.finding import Finding
from scanguard.model.report import Report, ScannedImage
from scanguard.model.rule import Rule, Severity
from tests.imports.documents import CATALOGUE, loaded, log, result
from tests.reporters.samples import CLEAN, IMAGE

CVE = "CVE-2023-4911"
DIGEST = "sha256:" + "ab" * 32
LEAK = Rule("SGV201", "secret-in-image", "secrets", Severity.CRITICAL, "A secret.", "")
VULNERABLE = Rule(
    CVE, "vulnerable-package", "vulnerability", Severity.HIGH, "x.", "x\n\nAlso known as GHSA-j8r2-6x86-q33q."
)
SCANNED = ScannedImage("example/app", "app.tar", DIGEST, "linux/amd64", "app/Dockerfile")
ABOUT_SECRETS = {"id": "github-pat", "name": "Secret", "properties": {"security-severity": "9.5"}}


def own(rule: Rule, key: str, *facts: tuple[str, str], **fields: Any) -> Report:
    made: Finding = IMAGE.findings[0]._replace(
        rule=rule, key=key, facts=facts, image="example/app", uri="app/Dockerfile", suppressions=(), **fields
    )
    return CLEAN._replace(findings=(made,), images=(SCANNED,))


def trivy(
    *results: dict[str, Any], name: str = "app.tar", tags: tuple[str, ...] = ("example/app:1",)
) -> dict[str, Any]:
    bag = {"imageName": name, "repoTags": list(tags), "repoDigests": None}
    return log("Trivy", *results, rules=(ABOUT_SECRETS,), properties=bag)


def package(name: str, code: str = CVE) -> dict[str, Any]:
    text = f"Package: {name}\nInstalled Version: 2.36\nVulnerability {code}\nSeverity: HIGH"
    return result(code, uri="library/app.tar", message={"text": text})


def secret(path: str, code: str = "github-pat") -> dict[str, Any]:
    text = f"Artifact: /{path}\nType: \nSecret GitHub token\nSeverity: CRITICAL\nMatch: token=****"
    return result(code, uri=f"/{path}", message={"text": text})


def grype(code: str, image: str = "app.tar") -> dict[str, Any]:
    found = result(code, uri="image//var/lib/dpkg/status")
    found["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": f"{image}@{DIGEST}:/var/lib/dpkg/status"}]
    return log("Grype", found)


def shown(*reports: Report) -> list[tuple[str, str, str, str]]:
    whole = once(finished(joined(reports), "1"), Equivalents(CATALOGUE.values()))
    return [(one.rule.id, one.uri, one.image, dict(one.facts).get("also reported by", "")) for one in whole.findings]


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("app.tar", ("example/app:1",)),
        ("app.tar", ()),
        ("/elsewhere/saved.tar", ("example/app:1",)),
        ("example/app:1", ()),
        ("docker.io/example/app", ("example/app:2",)),
    ],
)
def test_a_vulnerability_of_trivy_is_ours(name: str, tags: tuple[str, ...]):
    (report,) = loaded(trivy(package("libc6"), package("libc-bin"), name=name, tags=tags))
    assert shown(own(VULNERABLE, "libc-bin,libc6"), report) == [(CVE, "app/Dockerfile", "example/app", f"Trivy {CVE}")]


@pytest.mark.parametrize("code", [f"{CVE}-libc6", "GHSA-j8r2-6x86-q33q-libc6"])
def test_a_vulnerability_of_grype_is_ours_by_id_or_alias(code: str):
    (report,) = loaded(grype(code))
    label = f"Grype {code.removesuffix('-libc6')}"
    assert shown(own(VULNERABLE, "libc-bin,libc6"), report) == [(CVE, "app/Dockerfile", "example/app", label)]


def test_another_package_or_image_is_another_finding():
    ours = own(VULNERABLE, "libc6")
    (report,) = loaded(trivy(package("nscd")))
    assert sorted(shown(ours, report)) == [
        (CVE, "app/Dockerfile", "example/app", ""),
        (f"Trivy:{CVE}", "app/Dockerfile", "example/app", ""),
    ]
    (report,) = loaded(trivy(package("libc6"), name="example/other:1"))
    assert (f"Trivy:{CVE}", "library/app.tar", "example/other", "") in shown(ours, report)


def test_scanners_that_agree_are_one_finding_without_us():
    reports = (*loaded(trivy(package("libc6"), package("libc-bin"))), *loaded(grype(f"{CVE}-libc6", "example/app:1")))
    found = {(rule, also) for rule, _, _, also in shown(CLEAN._replace(images=(SCANNED,)), *reports)}
    assert found == {(f"Grype:{CVE}", f"Trivy {CVE}"), (f"Trivy:{CVE}", "")}


def test_a_secret_is_the_same_by_file_and_kind():
    ours = own(LEAK, "app/settings.ini:github-pat", ("kind", "github-pat"), ("file", "/app/settings.ini"))
    (report,) = loaded(trivy(secret("app/settings.ini"), secret("app/other.ini")))
    assert sorted(shown(ours, report)) == [
        ("SGV201", "app/Dockerfile", "example/app", "Trivy github-pat"),
        ("Trivy:github-pat", "app/Dockerfile", "example/app", ""),
    ]


@pytest.mark.parametrize("image", ["example/app", ""])
def test_a_secret_that_another_finding_of_ours_took_in_is_the_same(image: str):
    facts = [("kind", "github-pat"), ("contents", "'/app/settings.ini' holds a secret: GitHub token (line 1).")]
    if not image:
        facts.append(("confirmed by the image", "example/app"))
    ours = own(LEAK, "/app/settings.ini", *facts)
    ours = ours._replace(findings=(ours.findings[0]._replace(image=image),))
    (report,) = loaded(trivy(secret("app/settings.ini")))
    assert shown(ours, report) == [("SGV201", "app/Dockerfile", image, "Trivy github-pat")]


def test_what_only_a_scanner_found_stands_in_the_image():
    (report,) = loaded(trivy(secret("app/settings.ini")))
    assert shown(report) == [("Trivy:github-pat", "app/settings.ini", "example/app", "")]
    (finding,) = report.findings
    assert (finding.rule.category, finding.severity) == ("secrets", Severity.CRITICAL)


def test_merging_again_changes_nothing():
    ours = own(VULNERABLE, "libc6")._replace(files=(), elsewhere=())
    reports = (ours, *loaded(trivy(package("libc6"), package("nscd"), secret("a"))), *loaded(grype(f"{CVE}-libc6")))
    table = Equivalents(CATALOGUE.values())
    whole = once(finished(joined(reports), "1"), table)
    assert once(finished(joined([whole]), "1"), table) == whole
    assert once(finished(joined([whole, *reports]), "1"), table).findings == whole.findings
