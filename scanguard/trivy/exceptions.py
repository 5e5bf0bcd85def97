"""Vulnerabilities that somebody accepted: the policy's exceptions, OpenVEX statements and lines of a `.trivyignore`.

A finding tells of one vulnerability in one or more packages. It is marked only where each of its packages is covered; it
is never dropped.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from scanguard.image.inventory import Inventory, Vulnerability
from scanguard.image.nodes import Image
from scanguard.model.date import is_date
from scanguard.model.finding import Suppression
from scanguard.model.glob import matches
from scanguard.model.record import NamedTuple
from scanguard.trivy.grouping import of_finding
from scanguard.trivy.openvex import VexStatement, judgement


class Acceptance(Protocol):
    """What a policy says: the vulnerability's id, packages and a glob over the path (both may be empty), why, until when."""

    @property
    def id(self) -> str:
        """The vulnerability's id, or another name of it."""

    @property
    def packages(self) -> tuple[str, ...]:
        """Names of packages; empty for all."""

    @property
    def path(self) -> str:
        """A glob over the path in the image, without the leading `/`; empty for all."""

    @property
    def reason(self) -> str:
        """Why it is accepted."""

    @property
    def expires(self) -> str:
        """The last day on which it holds, ISO; empty for ever."""

    @property
    def owner(self) -> str:
        """Who answers for it; may be empty."""


class IgnoredVulnerability(NamedTuple):
    """A line of a `.trivyignore`; an `Acceptance`."""

    id: str
    reason: str
    expires: str = ""
    packages: tuple[str, ...] = ()
    path: str = ""
    owner: str = ""


def covers(exception: Acceptance, vulnerability: Vulnerability) -> bool:
    """Whether an exception speaks of this vulnerability of this package; dates are not looked at.

    A path matches packages that lie in files only: those of the system have none.
    """
    package = vulnerability.package
    return (
        exception.id in (vulnerability.id, *vulnerability.aliases)
        and (not exception.packages or package.name in exception.packages)
        and (not exception.path or (package.path != "" and matches(exception.path, package.path)))
    )


def suppressions(
    id: str,
    key: str,
    inventory: Inventory,
    image: Image,
    exceptions: Iterable[Acceptance],
    statements: Sequence[VexStatement],
    today: str,
) -> tuple[Suppression, ...]:
    """Why the finding of this rule id and key does not count; empty where one of its packages is not covered.

    Expired exceptions cover nothing. Where a policy's exception and a VEX statement cover a package, the former is told.
    """
    exceptions = tuple(one for one in exceptions if not one.expires or one.expires >= today)
    found: dict[Suppression, None] = {}
    group = of_finding(inventory, id, key)
    for vulnerability in group:
        reason = _covered(vulnerability, image, exceptions, statements)
        if reason is None:
            return ()
        found[reason] = None
    return tuple(found)


def _covered(
    vulnerability: Vulnerability, image: Image, exceptions: Iterable[Acceptance], statements: Sequence[VexStatement]
) -> Suppression | None:
    for exception in exceptions:
        if covers(exception, vulnerability):
            return Suppression("policy", exception.reason, exception.expires, exception.owner)
    statement = judgement(statements, vulnerability, image)
    return None if statement is None else Suppression("vex", statement.explanation)


def read_ignorefile(text: str, name: str = ".trivyignore") -> tuple[IgnoredVulnerability, ...]:
    """The ids in a `.trivyignore`: one a line, `exp:YYYY-MM-DD` behind it, the comment above it as the reason.

    https://trivy.dev/latest/docs/configuration/filtering/#trivyignore. A date that is none makes the line expired, as the
    careful reading of it.
    """
    found = []
    comment: list[str] = []
    for line in text.removeprefix("\ufeff").splitlines():
        words, _, remark = line.partition("#")
        fields = words.split()
        if not fields:
            comment = [*comment, remark.strip()] if remark.strip() else []
            continue
        dates = [field[4:] for field in fields[1:] if field.startswith("exp:")]
        expires = (dates[0] if is_date(dates[0]) else "0001-01-01") if dates else ""
        said = remark.strip() or " ".join(comment)
        found.append(IgnoredVulnerability(fields[0], f"{name}: {said}" if said else name, expires))
        comment = []
    return tuple(found)
