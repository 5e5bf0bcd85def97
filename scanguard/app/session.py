"""One call of the program: targets found, policies loaded, checks run, the report put together."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from scanguard import __version__
from scanguard.app.request import Environment, Request
from scanguard.build.evaluate import BuildOptions
from scanguard.dockerfile.decode import decode
from scanguard.engine import run
from scanguard.engine.rules import RULES, SYNTAX_ERROR
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.finding import Finding, order
from scanguard.model.location import Source
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference
from scanguard.model.report import Notification, Report, ScannedFile, ScannedImage, Shards, ordered
from scanguard.model.rule import Rule, Severity
from scanguard.plugin import Check
from scanguard.policy.find import find_policy
from scanguard.policy.model import DEFAULT, Policy
from scanguard.registry import Registry
from scanguard.sources.discover import Target, discover
from scanguard.sources.read import read

if TYPE_CHECKING:
    from scanguard.app.formats import Renderer
    from scanguard.app.images import Wanted
    from scanguard.app.policy import Policies
    from scanguard.engine.shard import Shard

_FEW = 300


class Session:
    """The plugins, the rules and the policies of one call of the program."""

    def __init__(self, environment: Environment, *, plugins: bool) -> None:
        self.environment = environment
        self.registry = Registry(third_parties=plugins)
        self.checks = self.registry.checks()
        own = {rule.id for rule in RULES}
        taken = [check.rule.id for check in self.checks if check.rule.id in own]
        if taken:
            raise ConfigurationError(f"a plugin brings a rule '{taken[0]}', which the engine has already")
        self._policies: Policies | None = None
        self._base_user: Callable[[ImageReference], str | None] | None = None
        self._read: Callable[[Target], bytes] = _read
        self._rules: tuple[Rule, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The whole catalogue: the engine's rules, those of Dockerfiles, those of images."""
        if not self._rules:
            checks = (*self.checks, *self.registry.image_checks())
            self._rules = (*RULES, *(check.rule for check in checks))
        return self._rules

    @property
    def plugin_exit_code(self) -> int:
        """3 where a plugin could not be loaded, else 0."""
        return 3 if self.registry.notifications else 0

    def rule(self, word: str) -> Rule:
        """The rule of this name or id. Raises ConfigurationError, with a suggestion, where there is none."""
        from scanguard.model.catalogue import rule_named, unknown_rule

        found = rule_named(word, self.rules)
        if found is None:
            raise ConfigurationError(unknown_rule(word, self.rules))
        return found

    def reporter(self, name: str) -> "Renderer":
        """The renderer of a format. Raises ConfigurationError where there is none of this name."""
        from scanguard.app.formats import renderer

        return renderer(name, self.registry.reporters)

    def check(self, request: Request) -> Report:
        """Check all targets of a request.

        Raises ConfigurationError where the policy or the command line is wrong; everything else that fails is in the
        report's notifications.
        """
        report = self._wanted(request)
        return report._replace(notifications=ordered(report.notifications))

    def _wanted(self, request: Request) -> Report:
        """The findings that were asked for, notifications in any order."""
        if request.since or request.staged:
            from scanguard.app.changed import check_changed

            return check_changed(self, request)
        if request.baseline:
            from scanguard.app.baseline import check_known

            return check_known(self, request)
        return self.scan(request).report

    def scan(self, request: Request) -> "Scan":
        """All findings of all targets, whatever was known before and whatever changed; raises as `check`."""
        if request.daemon:
            from scanguard.sources.daemon import Daemon

            self._base_user = Daemon().user
        shard = _shard(request.shard)
        found = discover(request.paths, self.environment.cwd)
        batches: dict[str, _Batch] = {}
        for target in found.targets:
            where = self._policy_path(request, target)
            if where not in batches:
                batches[where] = _Batch(self.policy_at(where, request))
            if shard is None or shard.has(target.uri):
                batches[where].targets.append(target)
        self._add_images(batches, request, shard)
        if not batches:
            batches[""] = _Batch(self.policy_at(self._policy_path(request, None), request))
        notifications = [*self.registry.notifications, *map(_notification, found.errors)]
        for batch in batches.values():
            self._run(batch, request)
            notifications.extend(batch.notifications)
        overruled = self._overruled(batches.values()) if shard is not None or len(batches) > 1 else ()
        first = next(iter(batches.values())).policy
        looked = any(batch.wanted for batch in batches.values())
        known = self.rules if looked else (*RULES, *(check.rule for check in self.checks))
        rules = (*known, *_declared(batch.policy for batch in batches.values()))
        report = Report(
            __version__,
            tuple(sorted((one for batch in batches.values() for one in batch.findings), key=order)),
            tuple(one for one in notifications if one not in overruled),
            tuple(rule for rule in rules if any(batch.policy.setting(rule).enabled for batch in batches.values())),
            tuple(sorted((one for batch in batches.values() for one in batch.files), key=_uri)),
            first.fail_on,
            first.name,
            request.exit_zero,
            None if shard is None else Shards(shard.total, (shard.part,), ordered(overruled)),
            images=tuple(one for batch in batches.values() for one in batch.images),
        )
        ran = {file.source.uri: batch.ran for batch in batches.values() for file in batch.files}
        return Scan(report, ran, found.targets)

    def elsewhere(self, cwd: str, read: "Callable[[Target], bytes] | None" = None) -> "Session":
        """The same session in another working directory; `read` gives other contents of its files."""
        from copy import copy

        other = copy(self)
        other.environment = self.environment._replace(cwd=cwd)
        other._read = read or self._read
        return other

    def _add_images(self, batches: "dict[str, _Batch]", request: Request, shard: "Shard | None") -> None:
        """The images that the command line names, or else the policies of directories that it names."""
        options = request.images
        if options is not None and options.targets:
            from scanguard.app.images import typed

            for wanted in typed(options.targets, self.environment.cwd):
                where = self._policy_path(request, wanted.dockerfile)
                if where not in batches:
                    batches[where] = _Batch(self.policy_at(where, request))
                batches[where].add_image(wanted, shard)
        elif (options is None or options.of_policy) and any(map(os.path.isdir, request.paths)):
            for batch in batches.values():
                if batch.policy.images:
                    from scanguard.app.images import listed

                    for wanted in listed(batch.policy.images, self.environment.cwd):
                        batch.add_image(wanted, shard)

    def _check_images(self, batch: "_Batch", request: Request) -> list[Finding]:
        """What the images of one policy gave."""
        from scanguard.app.images import ImageRun

        settings = tuple(_settings(self.registry.image_checks(), batch.policy))
        batch.ran |= {setting.check.rule.name for setting in settings}
        findings: list[Finding] = []
        for checked in ImageRun(self, settings, batch.policy, request).check(batch.wanted):
            findings.extend(checked.findings)
            batch.notifications.extend(checked.notifications)
            batch.images.extend(checked.images)
            read = {file.source.uri for file in batch.files}
            batch.files.extend(file for file in checked.files if file.source.uri not in read)
        return findings

    def _overruled(self, batches: Iterable["_Batch"]) -> tuple[Notification, ...]:
        """What some batch or shard may say of an exception of the policy that covers a finding here."""
        from scanguard.engine.shard import settled

        today = self.environment.today
        return tuple(one for batch in batches for one in settled(batch.findings, batch.policy.exceptions, today))

    def _run(self, batch: "_Batch", request: Request) -> None:
        """Check the targets of one policy, then apply its exceptions to all their findings."""
        policy = batch.policy
        settings = tuple(_settings((*self.checks, *policy.declared), policy))
        ran = {*(rule.name for rule in RULES), *(setting.check.rule.name for setting in settings)}
        batch.ran = frozenset(ran)
        batch.notifications.extend(policy.refused)
        findings: list[Finding] = []

        def part(targets: Sequence[Target]) -> list[Checked]:
            return [self._check(target, policy, settings, ran, request) for target in targets]

        for checked in _spread(part, batch.targets):
            if checked.file is not None:
                batch.files.append(checked.file)
            findings.extend(checked.findings)
            batch.notifications.extend(checked.notifications)
        if batch.wanted:
            findings.extend(self._check_images(batch, request))
        scanned = [file.source.uri for file in batch.files]
        if not policy.exceptions:
            batch.findings.extend(findings)
            return
        from scanguard.engine.suppress import suppress_by_policy

        marked, told = suppress_by_policy(
            findings, policy.exceptions, scanned=scanned, ran=ran, today=self.environment.today
        )
        batch.findings.extend(marked)
        batch.notifications.extend(told)

    def _check(
        self, target: Target, policy: Policy, settings: tuple[run.Setting, ...], ran: set[str], request: Request
    ) -> "Checked":
        """One Dockerfile, once for each stage that ships, inline suppressions marked."""
        try:
            text, messages = decode(self._read(target))
        except TargetError as error:
            return Checked(None, (), (_notification(error),))
        source = Source(target.uri, text)
        syntax = policy.setting(SYNTAX_ERROR).severity
        builds = self._options(target, policy, request)
        outcome = _merged([run.check_dockerfile(source, settings, one, syntax) for one in builds])
        warnings = tuple(Notification("warning", message, target.uri) for message in messages)
        findings = outcome.findings
        refused: tuple[Notification, ...] = ()
        if request.inline and "scanguard" in text.casefold():
            findings, refused = self._suppressed(outcome, policy, ran)
        return Checked(outcome.file, findings, (*warnings, *outcome.notifications, *refused))

    def _suppressed(
        self, outcome: run.Outcome, policy: Policy, ran: set[str]
    ) -> tuple[tuple[Finding, ...], tuple[Notification, ...]]:
        """The findings of one file marked by its comments, what is wrong with these, and what a lock refuses."""
        from scanguard.dockerfile.pragma import pragmas
        from scanguard.engine.suppress import suppress_inline

        found, rules = pragmas(outcome.dockerfile), self._catalogue(policy)
        refused: tuple[Notification, ...] = ()
        if policy.locks:
            from scanguard.policy.locks import refuse_inline

            found, refused = refuse_inline(found, policy, rules, outcome.file.source)
        inline = suppress_inline(
            outcome.findings,
            found,
            rules=rules,
            ran=ran,
            today=self.environment.today,
            require_reason=policy.require_reason,
        )
        stamped = [
            outcome.stamp.finding(rule, policy.setting(rule).severity, problem)
            for rule, problem in inline.problems
            if policy.setting(rule).enabled
        ]
        return (*inline.findings, *stamped), refused

    def _catalogue(self, policy: Policy) -> tuple[Rule, ...]:
        """All rules, those that the policy declares among them."""
        return (*self.rules, *(check.rule for check in policy.declared))

    def _options(self, target: Target, policy: Policy, request: Request) -> Iterator[BuildOptions]:
        """How to build: once for each stage that ships."""
        args = {**policy.build_args, **request.build_args}
        contexts = frozenset(name.lower() for name in (*policy.build_contexts, *request.build_contexts))
        stages = (request.target,) if request.target else policy.ships(target.uri) or ("",)
        for stage in stages:
            yield BuildOptions(stage, args, contexts, self._base_user)

    def _policy_path(self, request: Request, target: Target | None) -> str:
        """Where the policy for a target lies: `--policy`, or the repository's own; empty for the default."""
        if request.policy and not (request.overlay and self.policies.overlaid(request.policy)):
            return request.policy
        cwd = self.environment.cwd
        directory = os.path.dirname(target.path) if target is not None and target.path != "-" else cwd
        return find_policy(directory, cwd) or request.policy

    def policy_at(self, where: str, request: Request) -> Policy:
        """The policy at a path, empty for the default, with the command line's last word."""
        policy = self.policies.combined(where, request.policy).policy if where else DEFAULT
        if request.select or request.ignore:
            from scanguard.policy.select import select

            policy = select(policy, self._catalogue(policy), request.select, request.ignore)
        return policy if not request.fail_on else policy._replace(fail_on=severity_limit(request.fail_on))

    @property
    def policies(self) -> "Policies":
        """The policies of this run; loads YAML."""
        if self._policies is None:
            from scanguard.app.policy import Policies

            self._policies = Policies(self.registry, self.rules, self.environment.cwd)
        return self._policies


class Scan(NamedTuple):
    """A report, for each file that was read the names of the rules that ran on it, and what was found to be read."""

    report: Report
    ran: Mapping[str, frozenset[str]]
    targets: tuple[Target, ...]


class Checked(NamedTuple):
    """What one target gave; `file` is None where it could not be read. Small: workers send it back."""

    file: ScannedFile | None
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]


class _Batch:
    """The targets that share a policy, and what they gave."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.ran: frozenset[str] = frozenset()
        self.targets: list[Target] = []
        self.findings: list[Finding] = []
        self.notifications: list[Notification] = []
        self.files: list[ScannedFile] = []
        self.wanted: list[Wanted] = []
        self.images: list[ScannedImage] = []

    def add_image(self, wanted: "Wanted", shard: "Shard | None") -> None:
        """Check this image too, where it belongs to this part of the run."""
        if shard is None or shard.has(wanted.target.image):
            self.wanted.append(wanted)


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


def _merged(outcomes: Sequence[run.Outcome]) -> run.Outcome:
    """The outcomes of a file for several shipped stages as one."""
    if len(outcomes) == 1:
        return outcomes[0]
    from scanguard.engine.merge import merged

    return merged(outcomes)


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


def severity_limit(text: str) -> Severity | None:
    """What `--fail-on` asks for, None for never. Raises ConfigurationError for a word that is no severity."""
    if text == "never":
        return None
    for severity in Severity:
        if severity.label == text.lower():
            return severity
    levels = ", ".join(severity.label for severity in Severity)
    raise ConfigurationError(f"--fail-on '{text}' is not a severity; write one of {levels}, never")


def _notification(error: TargetError) -> Notification:
    return Notification("error", error.message, error.uri, error.region)


def _read(target: Target) -> bytes:
    return read(target.path, uri=target.uri)


def _uri(file: ScannedFile) -> str:
    return file.source.uri
