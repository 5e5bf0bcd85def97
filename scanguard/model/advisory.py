"""Ids of vulnerabilities, by which findings of `vulnerable-package` are spoken of one by one."""

import re

VULNERABLE = "vulnerable-package"
"""The name of the rules of all vulnerabilities; the id of each is the vulnerability's own."""

_EXACT = r"CVE-[0-9]{4}-[0-9]{4,19}|GHSA(?:-[0-9a-z]{4}){3}"
_SOURCES = (
    "ALAS|ALAS2|ALAS2022|ALAS2023|ALBA|ALEA|ALSA|BIT|CGA|DLA|DSA|DTSA|ECHO|ELSA|GHSL|GLSA|GMS|GO|GSD|HSEC|JLSEC|JVNDB|MAL|MGASA"
    "|MINI|NSWG-ECO|OESA|OPENSUSE-[A-Z]{2}|OSV|PSF|PYSEC|RHBA|RHEA|RHSA|RLBA|RLEA|RLSA|ROOT|RSEC|RUSTSEC|RXSA|SNYK|SUSE-[A-Z]{2}"
    "|TALOS|TEMP|UBUNTU|USN|V8|VULN|WSO2"
)
_ADVISORY = re.compile(rf"(?i:{_EXACT}|(?:{_SOURCES})-(?=[a-z._:-]*[0-9])[a-z0-9._:-]+)")


def subject_of(name: str) -> str:
    """What the rules of this name look at, as far as that is not in a catalogue: vulnerabilities are those of images."""
    return "image" if name == VULNERABLE else "dockerfile"


def is_advisory(word: str) -> bool:
    """Whether a word is the id of a vulnerability, in any case: `CVE-2024-6119`, `GHSA-9wx4-h78v-vm56`, `DSA-5764-1`.

    Known are the databases that Trivy reads and those of https://ossf.github.io/osv-schema/#id-modified-fields, so that
    another tool's rule (`AVD-DS-0002`) or a misspelt one is not taken for one.
    """
    return _ADVISORY.fullmatch(word) is not None
