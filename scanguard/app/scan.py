"""All targets of a request: brought together by their policies, checked, their findings put into one report."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scanguard import __version__
from scanguard.app.batch import Batch
from scanguard.app.request import Request
from scanguard.engine.rules import RULES
from scanguard.engine.setting import Setting
from scanguard.model.errors import ConfigurationError
from scanguard.model.finding import Finding, order
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, Report, ScannedFile, ScannedImage, Shards, failure, ordered
from scanguard.model.rule import Rule
from scanguard.plugin import Check
from scanguard.policy.model import Policy
from scanguard.sources.discover import Target, discover

if TYPE_CHECKING:
    from scanguard.app.images.targets import Wanted
    from scanguard.app.session import Session
    from scanguard.engine.shard import Shard


class Scan(NamedTuple):
    """A report, for each file that was read the names of the rules that ran on it, and what was found to be read."""

    report: Report
    ran: Mapping[str, frozenset[str]]
    targets: tuple[Target, ...]


def scan_targets(session: "Session", request: Request) -> Scan:
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
    notifications = [*session.registry.notifications, *map(failure, found.errors)]
    for batch in batches:
        _run(session, batch, request)
        notifications.extend(batch.notifications)
    report = _report(session, request, batches, notifications, shard)
    ran = {file.source.uri: batch.rules_on(file.source.uri) for batch in batches for file in batch.files}
    blamed = [one.dockerfile for batch in batches for one in batch.wanted if one.dockerfile is not None]
    return Scan(report, ran, tuple(dict.fromkeys((*found.targets, *blamed))))


def _batches(
    session: "Session", request: Request, targets: Sequence[Target], shard: "Shard | None"
) -> tuple[Batch, ...]:
    """The targets and images of this part of the run by their policies; one batch at least, for its policy's sake."""
    batches: dict[str, Batch] = {}

    def batch_of(target: Target | None) -> Batch:
        where = session.policy_path(request, target)
        if where not in batches:
            batches[where] = Batch(session.policy_at(where, request))
        return batches[where]

    for target in targets:
        batch = batch_of(target)
        if shard is None or shard.has(target.uri):
            batch.targets.append(target)
    for batch, wanted in _images(session, request, targets, batch_of, batches):
        if shard is None or shard.has(wanted.home):
            batch.wanted.append(wanted)
    return tuple(batches.values()) or (batch_of(None),)


def _images(
    session: "Session",
    request: Request,
    targets: Sequence[Target],
    batch_of: Callable[[Target | None], Batch],
    batches: dict[str, Batch],
) -> "Iterator[tuple[Batch, Wanted]]":
    """The images that the command line names, or else the policies of directories that it names."""
    cwd, options = os.path.realpath(session.environment.cwd), request.images
    if options is not None and options.targets:
        from scanguard.app.images.targets import typed

        known = session.policy_at(session.policy_path(request, None), request).images
        for wanted in typed(options.targets, cwd, targets, known):
            yield batch_of(wanted.dockerfile), wanted
    elif (options is None or options.of_policy) and _policies_count(request, cwd, batches):
        from scanguard.app.images.check import of_policies

        yield from of_policies(session, request, batches)


def _policies_count(request: Request, cwd: str, batches: Mapping[str, Batch]) -> bool:
    """Whether a directory is checked and some policy was found; below a policy's directory every Dockerfile has one."""
    directories = any(os.path.isdir(os.path.join(cwd, path)) for path in request.paths)
    return directories and (not batches or any(batches))


def _run(session: "Session", batch: Batch, request: Request) -> None:
    """Check the targets and images of one policy, then apply its exceptions to all their findings."""
    policy = batch.policy
    if batch.targets:
        from scanguard.app.dockerfiles import check_files  # not for a run on nothing but images

        check_files(session, batch, tuple(_settings((*session.checks, *policy.declared), policy)), request)
    if batch.wanted:
        from scanguard.app.images.check import check_images

        check_images(session, batch, tuple(_settings(session.registry.image_checks(), policy)), request)
    if policy.exceptions:
        _except(batch, session.environment.today)


def _except(batch: Batch, today: str) -> None:
    """Mark what the policy accepts."""
    from scanguard.engine.suppress import suppress_by_policy

    ran = {uri: batch.rules_on(uri) for uri in (*batch.ran, *batch.looked)}
    marked, told = suppress_by_policy(batch.findings, batch.policy.exceptions, ran=ran, today=today)
    batch.findings = list(marked)
    batch.notifications.extend(told)


def _report(
    session: "Session",
    request: Request,
    batches: Sequence[Batch],
    notifications: Sequence[Notification],
    shard: "Shard | None",
) -> Report:
    """What all batches gave, sorted; the gate is that of the first."""
    overruled = _overruled(batches, session.environment.today) if shard is not None or len(batches) > 1 else ()
    looked = any(batch.wanted for batch in batches)
    rules = (*_known(session, batches, looked=looked), *_declared(batch.policy for batch in batches))
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
        images=_images_of(batches) if looked else (),
    )


def _known(session: "Session", batches: Sequence[Batch], *, looked: bool) -> tuple[Rule, ...]:
    """The rules of what was looked at: Dockerfiles where nothing was."""
    if not looked:
        return (*RULES, *(check.rule for check in session.checks))
    if any(batch.targets for batch in batches):
        return session.rules
    return (*RULES, *(check.rule for check in session.registry.image_checks()))


def _images_of(batches: Iterable[Batch]) -> tuple[ScannedImage, ...]:
    """The images, with the numbers of their findings."""
    from scanguard.app.images.results import counted

    return tuple(counted(image, batch.findings[found]) for batch in batches for image, found in batch.images)


def _findings(batches: Sequence[Batch], *, looked: bool) -> Sequence[Finding]:
    """The findings of all batches; where images were looked at, those that say the same are one."""
    findings = [one for batch in batches for one in batch.findings]
    if not looked:
        return findings
    from scanguard.engine.confirm import confirmed

    locked = {lock.name for batch in batches for lock in batch.policy.locks}
    return confirmed(sorted(findings, key=order), locked)


def _overruled(batches: Iterable[Batch], today: str) -> tuple[Notification, ...]:
    """What some batch or shard may say of an exception of the policy that covers a finding here."""
    from scanguard.engine.shard import settled

    of_findings = (one for batch in batches for one in settled(batch.findings, batch.policy.exceptions, today))
    return (*of_findings, *(one for batch in batches for one in batch.settled))


def _shard(text: str) -> "Shard | None":
    """The part of the targets that is wanted; None where it is all of them. Raises ConfigurationError for a bad one."""
    if not text:
        return None
    from scanguard.engine.shard import shard_of

    shard = shard_of(text)
    return shard if shard.total > 1 else None


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


def _settings(checks: Iterable[Check], policy: Policy) -> Iterator[Setting]:
    for check in checks:
        setting = policy.setting(check.rule)
        if setting.enabled:
            yield Setting(check, setting.severity, setting.options)


def _uri(file: ScannedFile) -> str:
    return file.source.uri
