"""Findings of images that somebody accepted: exceptions for vulnerabilities, OpenVEX documents, comments in the Dockerfile."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from scanguard.build.model import Build
from scanguard.build.secrets import secret_spans
from scanguard.dockerfile.pragma import pragmas
from scanguard.engine.rules import UNUSED
from scanguard.engine.stamp import Stamp
from scanguard.engine.suppress import suppress_inline
from scanguard.image.inventory import Inventory
from scanguard.image.nodes import Image
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.finding import Finding
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification
from scanguard.model.rule import Rule
from scanguard.policy.model import Policy, VulnerabilityException
from scanguard.sources.read import read
from scanguard.trivy import openvex
from scanguard.trivy.exceptions import Acceptance, IgnoredVulnerability, covers, read_ignorefile, suppressions

_BIGGEST = 64 << 20


class Acceptances(NamedTuple):
    """What is accepted: by the policy, by the `.trivyignore` that it names, by OpenVEX documents. `today` is an ISO date."""

    exceptions: tuple[VulnerabilityException, ...]
    ignored: tuple[IgnoredVulnerability, ...]
    statements: tuple[openvex.VexStatement, ...]
    today: str

    def mark(self, findings: Sequence[Finding], inventory: Inventory | None, image: Image) -> tuple[Finding, ...]:
        """The findings, the accepted ones marked."""
        if inventory is None or not (self.exceptions or self.ignored or self.statements):
            return tuple(findings)
        every: tuple[Acceptance, ...] = (*self.exceptions, *self.ignored)
        found = []
        for one in findings:
            why = suppressions(one.rule.id, one.key, inventory, image, every, self.statements, self.today)
            found.append(one._replace(suppressions=(*one.suppressions, *why)) if why else one)
        return tuple(found)

    def told(self, inventories: Iterable[Inventory]) -> Iterator[Notification]:
        """What is to be said of the policy's exceptions: those that ended, and those that cover nothing in these images."""
        seen = [one for inventory in inventories for one in inventory.vulnerabilities]
        for exception in self.exceptions:
            used = any(covers(exception, one) for one in seen)
            if used and exception.expires < self.today:
                message = f"The exception for {exception.id} ended on {exception.expires}: it counts again."
                yield Notification("warning", message, exception.uri, exception.region)
            elif not used:
                message = f"The exception for {exception.id} covers no vulnerability of the images."
                yield Notification("note", message, exception.uri, exception.region)


def acceptances(policy: Policy, vex: Sequence[str], today: str) -> Acceptances:
    """What a policy and the command line accept. Raises ConfigurationError for a document that cannot be read."""
    said = policy.trivy
    ignored = read_ignorefile(_text(said.ignorefile), said.ignorefile) if said.ignorefile else ()
    documents = (*said.vex, *vex)
    statements = tuple(one for path in documents for one in openvex.read(_bytes(path), path))
    return Acceptances(policy.vulnerability_exceptions, ignored, statements, today)


def _bytes(path: str) -> bytes:
    try:
        return read(path, _BIGGEST, binary=True)
    except TargetError as error:
        raise ConfigurationError(error.message, error.uri) from None


def _text(path: str) -> str:
    return _bytes(path).decode("utf-8", "replace")


def exploitation(policy: Policy) -> tuple[frozenset[str] | None, Mapping[str, float] | None]:
    """The ids in CISA's catalogue and the scores of EPSS, None where the policy names no such file.

    Raises ConfigurationError for a file that cannot be read.
    """
    kev, epss = policy.trivy.kev, policy.trivy.epss
    if not kev and not epss:
        return None, None
    from scanguard.trivy.exploitation import read_epss, read_kev

    return read_kev(_bytes(kev), kev) if kev else None, read_epss(_bytes(epss), epss) if epss else None


def mark_inline(
    findings: Sequence[Finding], build: Build, rules: Sequence[Rule], ran: Collection[str], today: str, policy: Policy
) -> tuple[tuple[Finding, ...], tuple[Notification, ...]]:
    """The findings of an image marked by the comments of its Dockerfile, and the comments that hide none of them.

    Beside them the comments that a lock of the policy refuses. What is wrong with a comment otherwise is said where the
    Dockerfile itself is checked. `ran` are the names of the rules that looked at the image.
    """
    dockerfile = build.dockerfile
    found = pragmas(dockerfile)
    refused: tuple[Notification, ...] = ()
    if policy.locks:
        from scanguard.policy.locks import refuse_inline

        found, refused = refuse_inline(found, policy, rules, dockerfile.source)
    reasons = policy.require_reason
    inline = suppress_inline(findings, found, rules=rules, ran=ran, today=today, require_reason=reasons)
    stamp = Stamp(dockerfile, build, secret_spans(build))
    unused = (problem for rule, problem in inline.problems if rule is UNUSED)
    return (*inline.findings, *(stamp.finding(UNUSED, None, problem) for problem in unused)), refused
