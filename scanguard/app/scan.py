"""All targets of a request: brought together by their policies, checked, their findings put into one report."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scanguard import __version__
from scanguard.app.dockerfiles import Checked, check_target, notification
from scanguard.app.request import Request
from scanguard.engine import run
from scanguard.engine.rules import RULES
from scanguard.model.errors import ConfigurationError
from scanguard.model.finding import Finding, order
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, Report, ScannedFile, ScannedImage, Shards, ordered
from scanguard.model.rule import Rule
from scanguard.plugin import Check
from scanguard.policy.model import Policy
from scanguard.sources.discover import Target, discover

if TYPE_CHECKING:
    from scanguard.app.image_targets import Wanted
    from scanguard.app.session import Session
    from scanguard.engine.shard import Shard

_FEW = 300


class Scan(NamedTuple):
    """A report, for each file that was read the names of the rules that ran on it, and what was found to be read."""

    report: Report
    ran: Mapping[str, frozenset[str]]
    targets: tuple[Target, ...]


class _Batch:
    """The targets and the images that share a policy, and what they gave. `ran` are the names of the rules that ran."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.ran: frozenset[str] = frozenset()
        self.targets: list[Target] = []
        self.wanted: list[Wanted] = []
        self.findings: list[Finding] = []
        self.notifications: list[Notification] = list(policy.refused)
        self.files: list[ScannedFile] = []
        self.images: list[ScannedImage] = []


def scan(session: "Session", request: Request) -> Scan:
    """All findings of all targets, whatever was known before and whatever changed.

    Raises ConfigurationError where the policy or the command line is wrong; everything else that fails is in the report's
    notifications.
    """
    if request.daemon:
        from scanguard.sources.daemon import Daemon

        session.base_user = Daemon().user
    shard = _shard(request.shard)
    found = discover(request.paths, session.environment.cwd)
    batches = _batches(session, request, found.targets, shard)
    notifications = [*session.registry.notifications, *map(notification, found.errors)]
    for batch in batches:
        _run(session, batch, request)
        notifications.extend(batch.notifications)
    report = _report(session, request, batches, notifications, shard)
    ran = {file.source.uri: batch.ran for batch in batches for file in batch.files}
    return Scan(report, ran, found.targets)


def _batches(
    session: "Session", request: Request, targets: Iterable[Target], shard: "Shard | None"
) -> tuple[_Batch, ...]:
    """The targets and images of this part of the run by their policies; one batch at least, for its policy's sake."""
    batches: dict[str, _Batch] = {}

    def batch_of(target: Target | None) -> _Batch:
        where = session.policy_path(request, target)
        if where not in batches:
            batches[where] = _Batch(session.policy_at(where, request))
        return batches[where]

    for target in targets:
        batch = batch_of(target)
        if shard is None or shard.has(target.uri):
            batch.targets.append(target)
    for batch, wanted in _images(session, request, batch_of, batches):
        if shard is None or shard.has(wanted.target.image):
            batch.wanted.append(wanted)
    return tuple(batches.values()) or (batch_of(None),)


def _images(
    session: "Session", request: Request, batch_of: Callable[[Target | None], _Batch], batches: Mapping[str, _Batch]
) -> "Iterator[tuple[_Batch, Wanted]]":
    """The images that the command line names, or else the policies of directories that it names."""
    cwd, options = session.environment.cwd, request.images
    if options is not None and options.targets:
        from scanguard.app.image_targets import typed

        for wanted in typed(options.targets, cwd):
            yield batch_of(wanted.dockerfile), wanted
    elif (options is None or options.of_policy) and any(map(os.path.isdir, request.paths)):
        for batch in tuple(batches.values()):
            if batch.policy.images:
                from scanguard.app.image_targets import listed

                yield from ((batch, wanted) for wanted in listed(batch.policy.images, cwd))


def _run(session: "Session", batch: _Batch, request: Request) -> None:
    """Check the targets and images of one policy, then apply its exceptions to all their findings."""
    policy = batch.policy
    settings = tuple(_settings((*session.checks, *policy.declared), policy))
    ran = frozenset((*(rule.name for rule in RULES), *(setting.check.rule.name for setting in settings)))
    batch.ran = ran

    def part(targets: Sequence[Target]) -> list[Checked]:
        return [check_target(session, target, policy, settings, ran, request) for target in targets]

    for checked in _spread(part, batch.targets):
        if checked.file is not None:
            batch.files.append(checked.file)
        batch.findings.extend(checked.findings)
        batch.notifications.extend(checked.notifications)
    if batch.wanted:
        _check_images(session, batch, request)
    if policy.exceptions:
        _except(batch, session.environment.today)


def _check_images(session: "Session", batch: _Batch, request: Request) -> None:
    from scanguard.app.images import ImageRun

    settings = tuple(_settings(session.registry.image_checks(), batch.policy))
    batch.ran |= {setting.check.rule.name for setting in settings}
    for checked in ImageRun(session, settings, batch.policy, request).check(batch.wanted):
        batch.findings.extend(checked.findings)
        batch.notifications.extend(checked.notifications)
        batch.images.extend(checked.images)
        read = {file.source.uri for file in batch.files}
        batch.files.extend(file for file in checked.files if file.source.uri not in read)


def _except(batch: _Batch, today: str) -> None:
    """Mark what the policy accepts."""
    from scanguard.engine.suppress import suppress_by_policy

    scanned = [file.source.uri for file in batch.files]
    marked, told = suppress_by_policy(
        batch.findings, batch.policy.exceptions, scanned=scanned, ran=batch.ran, today=today
    )
    batch.findings = list(marked)
    batch.notifications.extend(told)


def _report(
    session: "Session",
    request: Request,
    batches: Sequence[_Batch],
    notifications: Sequence[Notification],
    shard: "Shard | None",
) -> Report:
    """What all batches gave, sorted; the gate is that of the first."""
    overruled = _overruled(batches, session.environment.today) if shard is not None or len(batches) > 1 else ()
    looked = any(batch.wanted for batch in batches)
    known = session.rules if looked else (*RULES, *(check.rule for check in session.checks))
    rules = (*known, *_declared(batch.policy for batch in batches))
    return Report(
        __version__,
        tuple(sorted(_findings(batches, looked=looked), key=order)),
        tuple(one for one in notifications if one not in overruled),
        tuple(rule for rule in rules if any(batch.policy.setting(rule).enabled for batch in batches)),
        tuple(sorted((one for batch in batches for one in batch.files), key=_uri)),
        batches[0].policy.fail_on,
        batches[0].policy.name,
        request.exit_zero,
        None if shard is None else Shards(shard.total, (shard.part,), ordered(overruled)),
        images=tuple(one for batch in batches for one in batch.images),
    )


def _findings(batches: Sequence[_Batch], *, looked: bool) -> Sequence[Finding]:
    """The findings of all batches; where images were looked at, those that say the same of a Dockerfile are one."""
    findings = [one for batch in batches for one in batch.findings]
    if not looked:
        return findings
    from scanguard.engine.confirm import confirmed

    return confirmed(findings)


def _overruled(batches: Iterable[_Batch], today: str) -> tuple[Notification, ...]:
    """What some batch or shard may say of an exception of the policy that covers a finding here."""
    from scanguard.engine.shard import settled

    return tuple(one for batch in batches for one in settled(batch.findings, batch.policy.exceptions, today))


def _shard(text: str) -> "Shard | None":
    """The part of the targets that is wanted; None where it is all of them. Raises ConfigurationError for a bad one."""
    if not text:
        return None
    from scanguard.engine.shard import shard_of

    shard = shard_of(text)
    return shard if shard.total > 1 else None


def _spread(part: "Callable[[Sequence[Target]], list[Checked]]", targets: Sequence[Target]) -> list[Checked]:
    """What the targets gave, in order; many are shared among processes."""
    if len(targets) <= _FEW:
        return part(targets)
    from scanguard.engine.parallel import spread

    return spread(part, targets, os.cpu_count() or 1)


def _declared(policies: Iterable[Policy]) -> Iterator[Rule]:
    """The rules that policies declare, each once. Raises ConfigurationError where two give one id to different rules."""
    seen: dict[str, Rule] = {}
    for policy in policies:
        for check in policy.declared:
            known = seen.get(check.rule.id)
            if known is None:
                seen[check.rule.id] = check.rule
                yield check.rule
            elif known != check.rule:
                raise ConfigurationError(f"{known.id} is declared differently by several policies of this run")


def _settings(checks: Iterable[Check], policy: Policy) -> Iterator[run.Setting]:
    for check in checks:
        setting = policy.setting(check.rule)
        if setting.enabled:
            yield run.Setting(check, setting.severity, setting.options)


def _uri(file: ScannedFile) -> str:
    return file.source.uri
