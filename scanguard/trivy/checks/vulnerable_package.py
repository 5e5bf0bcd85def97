from collections.abc import Iterator, Sequence

from scanguard.image.inventory import Vulnerability
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Option, Options, Rule, Severity, image_check
from scanguard.trivy.grouping import grouped
from scanguard.trivy.places import listed, order, place

_MOST_RELATED = 20
_MOST_FACTS = 50
_MOST_FILES = 10
_GRADES = tuple(severity.label for severity in Severity)


@image_check(
    "SGV101",
    "vulnerable-package",
    Severity.CRITICAL,
    category="vulnerability",
    needs=("inventory",),
    nist=("4.1.1",),
    cis=("4.4",),
    cwe=("1395",),
    options=(
        Option("ignore-unfixed", False, "say nothing of vulnerabilities that no version of the package is without"),
        Option("minimum-severity", "note", f"say nothing of less severe ones: {', '.join(_GRADES)}", _GRADES),
        Option("kev-is-critical", True, "those that CISA lists as exploited are critical, whatever their score"),
    ),
)
def check(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    """A package in the image has a known vulnerability.

    ## What it does

    Reports each vulnerability that Trivy finds in the image once, with all the packages that have it, the versions that
    are installed and those that mend it. The finding's rule has the vulnerability's own id and severity, and stands on
    the Dockerfile's line that brought the first of the packages: one of your own before one of the base image.

    ## Why it is bad

    It is public how the package can be attacked, and everybody can see from the image that it is in there.

    ## Example

    ```dockerfile
    FROM python:3.12-slim
    RUN pip install requests==2.30.0
    ```

    `requests` before 2.31.0 leaks the Proxy-Authorization header (CVE-2023-32681):

    ```dockerfile
    FROM python:3.12-slim
    RUN pip install requests==2.32.4
    ```

    ## How to fix

    Take the version that mends it. For packages of the base image take a newer base image, or upgrade these packages in a
    RUN of your own. What does not concern you goes into the policy's `vulnerabilities`, with a reason and a date, into a
    comment above the line (`# scanguard: ignore[CVE-2023-32681] reason="…"`), or into an OpenVEX document.

    ## References

    - [NVD](https://nvd.nist.gov/)
    - [CISA's catalogue of known exploited vulnerabilities](https://www.cisa.gov/known-exploited-vulnerabilities-catalog)
    - [EPSS](https://www.first.org/epss/)
    - [OpenVEX](https://github.com/openvex/spec)
    """
    inventory = scan.inventory
    if inventory is None:
        return
    lowest = Severity[str(options["minimum-severity"]).upper()]
    for group in grouped(inventory):
        kept = [one for one in group if one.fixed or not options["ignore-unfixed"]]
        if not kept:
            continue
        severity = _severity(kept, kev_is_critical=bool(options["kev-is-critical"]))
        if severity >= lowest:
            kept.sort(key=lambda one: (*order(scan, one.package.layer), one.package.path, one.package.name))
            yield _problem(scan, kept, severity)


def _severity(group: Sequence[Vulnerability], *, kev_is_critical: bool) -> Severity:
    if kev_is_critical and any(one.kev for one in group):
        return Severity.CRITICAL
    return max(one.severity for one in group)


def _problem(scan: ImageScan, group: Sequence[Vulnerability], severity: Severity) -> ImageProblem:
    first = group[0]
    names = tuple(dict.fromkeys(one.package.name for one in group))
    return ImageProblem(
        _message(group, names),
        place(scan, first.package.layer, first.package.path),
        severity=severity,
        key=",".join(sorted(names)),
        rule=_rule(first, severity),
        facts=tuple(_facts(scan, group)),
        related=tuple(_related(scan, group)),
    )


def _message(group: Sequence[Vulnerability], names: Sequence[str]) -> str:
    first = group[0]
    title = f" ({first.title.rstrip('. ')})" if first.title else ""
    fixes = tuple(dict.fromkeys(one.fixed for one in group if one.fixed))
    if len(group) == 1 or (len(names) == 1 and len({one.package.version for one in group}) == 1):
        what = f"{first.package.name} {first.package.version} has {first.id}{title}"
    else:
        what = f"{listed(names)} have {first.id}{title}"
    if not fixes:
        return f"{what}; there is no version without it yet."
    return f"{what}; fixed in {listed(fixes, 3)}."


def _facts(scan: ImageScan, group: Sequence[Vulnerability]) -> Iterator[tuple[str, str]]:
    first = group[0]
    for one in group[:_MOST_FACTS]:
        fixed = f" → {one.fixed}" if one.fixed else ""
        yield "package", f"{one.package.name} {one.package.version}{fixed}"
    if len(group) > _MOST_FACTS:
        yield "further packages", str(len(group) - _MOST_FACTS)
    for path in tuple(dict.fromkeys(one.package.path for one in group if one.package.path))[:_MOST_FILES]:
        yield "file", f"/{path}"
    if first.status and not first.fixed:
        yield "status", first.status.replace("_", " ")
    if first.score is not None:
        yield "CVSS", f"{first.score:.1f}"
    if any(one.kev for one in group):
        yield "known to be exploited", "yes (CISA KEV)"
    if first.epss is not None:
        yield "EPSS", f"{first.epss:.1%}"
    system = scan.inventory.system if scan.inventory is not None else None
    if system is not None:
        yield "operating system", f"{system.family} {system.name}".strip()
    if first.url:
        yield "advisory", first.url


def _related(scan: ImageScan, group: Sequence[Vulnerability]) -> Iterator[tuple[str, ImagePlace]]:
    first = group[0].package
    seen = {(first.layer, first.path)}
    for one in group[1:]:
        where = (one.package.layer, one.package.path)
        if where not in seen and len(seen) <= _MOST_RELATED:
            seen.add(where)
            yield f"{one.package.name} {one.package.version} has it too", place(scan, *where)


def _rule(first: Vulnerability, severity: Severity) -> Rule:
    """The rule of this one vulnerability: its own id, the name by which policies speak of all of them."""
    references = "\n".join(f"- [{one}]({url})" for one, url in _links(first))
    names = ", ".join(first.aliases)
    summary = f"{first.title or first.id}.".replace("..", ".")
    parts = (
        summary,
        "" if f"{first.description.rstrip('.')}." == summary else first.description,
        f"Also known as {names}." if names else "",
        "## References\n\n" + references,
    )
    cwe = tuple(name.removeprefix("CWE-") for name in first.cwe)
    return Rule(
        first.id,
        "vulnerable-package",
        "vulnerability",
        severity,
        summary,
        "\n\n".join(part for part in parts if part),
        controls=(("cwe", cwe),) if cwe else (),
    )


def _links(first: Vulnerability) -> Iterator[tuple[str, str]]:
    if first.url:
        yield first.id, first.url
    if first.id.startswith("CVE-"):
        yield "NVD", f"https://nvd.nist.gov/vuln/detail/{first.id}"
