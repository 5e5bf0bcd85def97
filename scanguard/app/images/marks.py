"""Findings of images that somebody accepted: exceptions for vulnerabilities, OpenVEX documents, comments in the Dockerfile."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scanguard.build.model import Build, Role
from scanguard.dockerfile.nodes import Instruction
from scanguard.engine.rules import UNUSED
from scanguard.engine.suppress import ended
from scanguard.image.inventory import Inventory
from scanguard.image.nodes import Image
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.finding import Finding, Problem
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification
from scanguard.model.rule import Rule
from scanguard.policy.model import Policy, PolicyException, VulnerabilityException
from scanguard.sources.read import read
from scanguard.trivy import openvex
from scanguard.trivy.exceptions import Acceptance, IgnoredVulnerability, covers, read_ignorefile, suppressions
from scanguard.trivy.grouping import of_finding

if TYPE_CHECKING:
    from scanguard.dockerfile.pragma import Pragma

_BIGGEST = 64 << 20


class Acceptances(NamedTuple):
    """What is accepted: by the policy, by the `.trivyignore` that it names, by OpenVEX documents. `today` is an ISO date.

    `others` are the policy's exceptions for rules, which are applied when all findings of a run are known.
    """

    exceptions: tuple[VulnerabilityException, ...]
    ignored: tuple[IgnoredVulnerability, ...]
    statements: tuple[openvex.VexStatement, ...]
    today: str
    others: tuple[PolicyException, ...] = ()

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

    def told(self, images: Sequence[tuple[Inventory, Sequence[Finding]]], *, every: bool) -> Iterator[Notification]:
        """What is to be said of the policy's exceptions: those that ended, and those that cover nothing in these images.

        The latter only where these are `every` image: what was not scanned may be what an exception is for. The findings
        of each image are marked already.
        """
        seen = [one for inventory, _ in images for one in inventory.vulnerabilities]
        for exception in self.exceptions:
            used = any(covers(exception, one) for one in seen)
            if used and exception.expires < self.today:
                counts = any(self._counting(exception, *image) for image in images)
                yield ended(exception, exception.id, "it counts again" if counts else "")
            elif every and not used:
                yield _needless(exception)

    def _counting(self, exception: VulnerabilityException, inventory: Inventory, findings: Sequence[Finding]) -> bool:
        """Whether something that an exception covers is accepted by nothing else."""
        others = [one for one in self.others if one.expires >= self.today]
        return any(
            any(covers(exception, one) for one in of_finding(inventory, finding.rule.id, finding.key))
            for finding in findings
            if finding.active and not any(one.rule == finding.rule.name and one.covers(finding) for one in others)
        )

    def settled(self, images: Sequence[tuple[Inventory, Sequence[Finding]]]) -> Iterator[Notification]:
        """What may be said of exceptions where only other images are looked at, and is not so."""
        seen = [one for inventory, _ in images for one in inventory.vulnerabilities]
        for exception in self.exceptions:
            if any(covers(exception, one) for one in seen):
                yield _needless(exception)
            if exception.expires < self.today and any(self._counting(exception, *image) for image in images):
                yield ended(exception, exception.id)


def _needless(exception: VulnerabilityException) -> Notification:
    message = f"The exception for {exception.id} covers no vulnerability of the images."
    return Notification("note", message, exception.uri, exception.region)


class Marked(NamedTuple):
    """The findings of an image, the accepted ones marked; those of comments without use; what is told of refused comments."""

    findings: tuple[Finding, ...]
    unused: tuple[Finding, ...] = ()
    refused: tuple[Notification, ...] = ()


def acceptances(policy: Policy, vex: Sequence[str], today: str) -> Acceptances:
    """What a policy and the command line accept. Raises ConfigurationError for a document that cannot be read."""
    said = policy.trivy
    ignored = read_ignorefile(_text(said.ignorefile), said.ignorefile) if said.ignorefile else ()
    documents = (*said.vex, *vex)
    statements = tuple(one for path in documents for one in openvex.read(_bytes(path), path))
    return Acceptances(policy.vulnerability_exceptions, ignored, statements, today, policy.exceptions)


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
    findings: Sequence[Finding],
    build: Build,
    rules: Sequence[Rule],
    ran: Collection[str],
    today: str,
    policy: Policy,
    inventory: Inventory | None = None,
) -> Marked:
    """The findings of an image marked by the comments of its Dockerfile, and the comments that hide none of them.

    Beside them the comments that a lock of the policy refuses. What is wrong with a comment otherwise is said where the
    Dockerfile itself is checked. `ran` are the names of the rules that looked at the image, `inventory` says under which
    other ids its vulnerabilities are known. Comments in stages of which the image has nothing are for other images.
    """
    from scanguard.build.secrets import secret_spans
    from scanguard.dockerfile.pragma import pragmas
    from scanguard.engine.stamp import Stamp
    from scanguard.engine.suppress import suppress_inline

    dockerfile = build.dockerfile
    found = pragmas(dockerfile)
    refused: tuple[Notification, ...] = ()
    if policy.locks:
        from scanguard.policy.locks import refuse_inline

        found, refused = refuse_inline(found, policy, rules, dockerfile.source)
    inline = suppress_inline(
        [_shown(one, build) for one in findings],
        found,
        rules=rules,
        ran=ran,
        today=today,
        require_reason=policy.require_reason,
        aliases=_aliases(inventory),
    )
    marked = (one._replace(suppressions=mark.suppressions) for one, mark in zip(findings, inline.findings, strict=True))
    stamp, setting = Stamp(dockerfile, build, secret_spans(build)), policy.setting(UNUSED)
    foreign = [one.node.instructions for one in build.stages if one.role is Role.UNREACHED]
    unused = [
        stamp.finding(UNUSED, setting.severity, problem)
        for rule, problem in inline.problems
        if rule is UNUSED and setting.enabled and not any(_within(_covered(problem, found), one) for one in foreign)
    ]
    return Marked(tuple(marked), tuple(unused), refused)


def _shown(finding: Finding, build: Build) -> Finding:
    """The finding, one that no line is known for where reports show it: at the last FROM, and so under its comments."""
    if finding.span.end or build.shipped is None:
        return finding
    return finding._replace(span=build.shipped.lineage[0].from_span)


def _aliases(inventory: Inventory | None) -> Mapping[str, Collection[str]]:
    """The other ids of vulnerabilities, by the one that their findings have."""
    names: dict[str, set[str]] = {}
    for one in inventory.vulnerabilities if inventory is not None else ():
        names.setdefault(one.id, set()).update(one.aliases)
    return names


def _covered(problem: Problem, found: "Iterable[Pragma]") -> Span:
    """What the comment of a problem speaks of."""
    return next(one.covers for one in found if one.span.start <= problem.span.start < one.span.end)


def _within(span: Span, instructions: Sequence[Instruction]) -> bool:
    """Whether a place is in a stage."""
    return instructions[0].span.start <= span.start and span.end <= instructions[-1].span.end
