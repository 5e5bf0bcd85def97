"""The Dockerfiles of a batch of a run: each read, built once for each stage that ships, checked, its suppressions applied."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from scanguard.app.batch import Batch
from scanguard.app.request import Request
from scanguard.build.evaluate import BuildOptions
from scanguard.dockerfile.decode import decode
from scanguard.engine import run
from scanguard.engine.rules import RULES, SYNTAX_ERROR
from scanguard.engine.setting import Setting
from scanguard.model.errors import TargetError
from scanguard.model.finding import Finding
from scanguard.model.location import Source
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, ScannedFile, failure
from scanguard.model.rule import Rule
from scanguard.policy.model import Policy
from scanguard.sources.discover import Target

if TYPE_CHECKING:
    from scanguard.app.session import Session

_FEW = 300


class Checked(NamedTuple):
    """What one target gave; `file` is None where it could not be read. Small: workers send it back."""

    file: ScannedFile | None
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]


def check_files(session: "Session", batch: Batch, settings: Sequence[Setting], request: Request) -> None:
    """Check the Dockerfiles of one batch and add what they gave to it."""
    ran = frozenset((*(rule.name for rule in RULES), *(setting.check.rule.name for setting in settings)))

    def part(targets: Sequence[Target]) -> list[Checked]:
        return [check_target(session, target, batch.policy, settings, ran, request) for target in targets]

    for checked in _spread(part, batch.targets):
        if checked.file is not None:
            batch.files.append(checked.file)
            batch.ran[checked.file.source.uri] = ran
        batch.findings.extend(checked.findings)
        batch.notifications.extend(checked.notifications)


def _spread(part: Callable[[Sequence[Target]], list[Checked]], targets: Sequence[Target]) -> list[Checked]:
    """What the targets gave, in order; many are shared among processes."""
    if len(targets) <= _FEW:
        return part(targets)
    from scanguard.engine.parallel import spread

    return spread(part, targets, os.cpu_count() or 1)


def check_target(
    session: "Session",
    target: Target,
    policy: Policy,
    settings: Sequence[Setting],
    ran: Collection[str],
    request: Request,
) -> Checked:
    """One Dockerfile, once for each stage that ships, inline suppressions marked. Never raises for the file's sake."""
    try:
        text, messages = decode(session.read(target))
    except TargetError as error:
        return Checked(None, (), (failure(error),))
    source = Source(target.uri, text)
    syntax = policy.setting(SYNTAX_ERROR).severity
    builds = build_options(session, target.uri, policy, request)
    outcome = _merged([run.check_dockerfile(source, settings, one, syntax) for one in builds])
    warnings = tuple(Notification("warning", message, target.uri) for message in messages)
    findings = outcome.findings
    refused: tuple[Notification, ...] = ()
    if request.inline and _may_suppress(text):
        findings, refused = _suppressed(session, outcome, policy, ran)
    return Checked(outcome.file, findings, (*warnings, *outcome.notifications, *refused))


def _suppressed(
    session: "Session", outcome: run.Outcome, policy: Policy, ran: Collection[str]
) -> tuple[tuple[Finding, ...], tuple[Notification, ...]]:
    """The findings of one file marked by its comments, what is wrong with these, and what a lock refuses."""
    from scanguard.dockerfile.pragma import pragmas
    from scanguard.engine.suppress import suppress_inline

    found = pragmas(outcome.dockerfile)
    rules = _catalogue(session, policy, [word.text for pragma in found for word in pragma.rules])
    refused: tuple[Notification, ...] = ()
    if policy.locks:
        from scanguard.policy.locks import refuse_inline

        found, refused = refuse_inline(found, policy, rules, outcome.file.source)
    inline = suppress_inline(
        outcome.findings,
        found,
        rules=rules,
        ran=ran,
        today=session.environment.today,
        require_reason=policy.require_reason,
    )
    stamped = [
        outcome.stamp.finding(rule, policy.setting(rule).severity, problem)
        for rule, problem in inline.problems
        if policy.setting(rule).enabled
    ]
    return (*inline.findings, *stamped), refused


def _may_suppress(text: str) -> bool:
    """Whether a comment can be meant as a suppression: `scanguard` with `:` or `ignore` behind it."""
    parts = text.casefold().split("scanguard")[1:]
    return any(part.lstrip().startswith((":", "ignore")) for part in parts)


def _catalogue(session: "Session", policy: Policy, words: Sequence[str]) -> tuple[Rule, ...]:
    """The rules that these words may name: those of Dockerfiles, which are loaded, or else all. Vulnerabilities need none."""
    from scanguard.model.advisory import is_advisory
    from scanguard.model.catalogue import rule_named

    loaded = (*RULES, *(check.rule for check in (*session.checks, *policy.declared)))
    return loaded if all(rule_named(word, loaded) or is_advisory(word) for word in words) else session.catalogue(policy)


def build_options(session: "Session", uri: str, policy: Policy, request: Request) -> Iterator[BuildOptions]:
    """How to build: once for each stage that ships."""
    args = {**policy.build_args, **request.build_args}
    contexts = frozenset(name.lower() for name in (*policy.build_contexts, *request.build_contexts))
    stages = (request.target,) if request.target else policy.ships(uri) or ("",)
    for stage in stages:
        yield BuildOptions(stage, args, contexts, session.base_user)


def _merged(outcomes: Sequence[run.Outcome]) -> run.Outcome:
    """The outcomes of a file for several shipped stages as one."""
    if len(outcomes) == 1:
        return outcomes[0]
    from scanguard.engine.merge import merged

    return merged(outcomes)
