"""One Dockerfile through the checks: text to build, build to problems, problems to findings."""

from collections.abc import Iterable, Iterator

from scanguard.build.evaluate import BuildOptions, UnknownTarget, evaluate
from scanguard.build.model import Build
from scanguard.build.secrets import secret_spans
from scanguard.dockerfile.nodes import Dockerfile
from scanguard.dockerfile.parser import parse
from scanguard.engine.rules import SYNTAX_ERROR
from scanguard.engine.setting import Setting, describe
from scanguard.engine.stamp import Stamp
from scanguard.model.errors import TargetError
from scanguard.model.finding import Finding, Problem
from scanguard.model.location import Source, Span
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, ScannedFile
from scanguard.model.rule import Severity

_MOST_ERRORS = 1000


class Outcome(NamedTuple):
    """What one Dockerfile gave. `build` is None where it could not be evaluated; `stamp` stamps further problems of the file."""

    file: ScannedFile
    dockerfile: Dockerfile
    build: Build | None
    stamp: Stamp
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]


def check_dockerfile(
    source: Source, settings: Iterable[Setting], options: BuildOptions, syntax_severity: Severity | None = None
) -> Outcome:
    """Check one Dockerfile. Never raises: what fails becomes a notification of level `error`."""
    dockerfile = parse(source)
    notifications: list[Notification] = []
    build = _evaluate(dockerfile, options, notifications)
    secrets = _secrets(build, notifications) if build is not None else ()
    stamp = Stamp(dockerfile, build, secrets)
    findings = [stamp.finding(SYNTAX_ERROR, syntax_severity, problem) for problem in _syntax(dockerfile)]
    notifications.extend(_more_syntax(dockerfile))
    if build is not None:
        for setting in settings:
            findings.extend(_run(setting, build, stamp, notifications))
        notifications.extend(_unknowns(build))
    file = ScannedFile(source, secrets)
    return Outcome(file, dockerfile, build, stamp, tuple(findings), tuple(notifications))


def _evaluate(dockerfile: Dockerfile, options: BuildOptions, notifications: list[Notification]) -> Build | None:
    uri = dockerfile.source.uri
    try:
        return evaluate(dockerfile, options)
    except UnknownTarget as error:
        notifications.append(Notification("error", error.message, uri))
    except TargetError as error:
        notifications.append(Notification("error", error.message, uri))
    except Exception as error:
        notifications.append(Notification("error", f"The build could not be evaluated: {describe(error)}.", uri))
    return None


def _secrets(build: Build, notifications: list[Notification]) -> tuple[Span, ...]:
    """The spans to mask. Where they cannot be told the whole file is masked: a secret must not slip out by a crash."""
    try:
        return secret_spans(build)
    except Exception as error:
        source = build.dockerfile.source
        message = f"Secrets could not be looked for: {describe(error)}."
        notifications.append(Notification("error", message, source.uri))
        return (Span(0, len(source.text)),)


def _run(setting: Setting, build: Build, stamp: Stamp, notifications: list[Notification]) -> Iterator[Finding]:
    """One check inside its error boundary: what it said before it failed is kept."""
    rule = setting.check.rule
    try:
        for problem in setting.check.run(build, setting.options):
            yield stamp.finding(rule, setting.severity, problem)
    except (Exception, SystemExit) as error:
        message = f"Rule {rule.id} ({rule.name}) failed: {describe(error)}."
        notifications.append(Notification("error", message, build.dockerfile.source.uri, None, rule.id))


def _syntax(dockerfile: Dockerfile) -> Iterator[Problem]:
    for error in dockerfile.errors[:_MOST_ERRORS]:
        sentence = f"{error.message[:1].upper()}{error.message[1:]}"
        yield Problem(f"{sentence}; {error.hint}." if error.hint else f"{sentence}.", error.span)


def _more_syntax(dockerfile: Dockerfile) -> Iterator[Notification]:
    more = len(dockerfile.errors) - _MOST_ERRORS
    if more > 0:
        yield Notification("warning", f"{more} further syntax errors are not shown.", dockerfile.source.uri)


def _unknowns(build: Build) -> Iterator[Notification]:
    source = build.dockerfile.source
    for message, span in build.unknowns:
        yield Notification("note", message, source.uri, source.region(span))
