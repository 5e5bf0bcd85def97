import pytest

from scanguard.app.request import Environment
from scanguard.app.session import Session
from scanguard.model.advisory import is_advisory


@pytest.mark.parametrize(
    "word",
    ["CVE-2024-6119", "cve-2023-30861", "GHSA-9wx4-h78v-vm56", "DSA-5764-1", "DLA-3482-1", "TEMP-0841856-B18BAF", "GO-2024-2687"]
    + ["RUSTSEC-2021-0003", "PYSEC-2023-74", "RHSA-2024:0001", "ALAS2023-2024-501", "SUSE-SU-2024:0001-1", "NSWG-ECO-328"]
    + ["openSUSE-SU-2024:0012-1", "MAL-2024-1", "GMS-2022-20", "USN-6663-1", "ELSA-2024-0001"],
)  # fmt: skip
def test_ids_of_vulnerabilities(word: str) -> None:
    assert is_advisory(word)


@pytest.mark.parametrize(
    "word",
    ["", "CVE", "CVE-2024", "CVE-24-1234", "CVE-2024-12", "CVE-20241234", "CVE-2024-6119x", "GHSA-9wx4-h78v", "GO-", "go-run"]
    + ["DL3002", "DS-0002", "AVD-DS-0002", "CKV_DOCKER_8", "CIS-DI-0010", "SG-D101", "DSA-x", "CVE-2024-6119 ", "XCVE-2024-6119"],
)  # fmt: skip
def test_other_words(word: str) -> None:
    assert not is_advisory(word)


def test_no_rule_is_called_like_a_vulnerability() -> None:
    rules = Session(Environment(".", "2026-11-21"), plugins=False).rules
    assert "vulnerable-package" in [rule.name for rule in rules]
    words = [word for rule in rules for word in (rule.id, rule.name, *rule.equivalents)]
    assert [word for word in words if is_advisory(word)] == []
