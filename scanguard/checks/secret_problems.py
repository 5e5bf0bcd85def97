"""What the checks about secrets share: how a fact about a secret becomes a problem, and how grave it is where it stands."""

from scanguard.build.model import Build
from scanguard.build.secrets import SecretSeen
from scanguard.plugin import Problem, Severity, Step

_PLACES = {
    "run-argument": "a command",
    "run-assignment": "a command",
    "heredoc": "a heredoc",
    "copy-heredoc": "a file that a heredoc makes",
    "comment": "a comment",
    "instruction": "the file",
}


def seen(build: Build, secret: SecretSeen) -> Problem:
    """The problem that a secret in the file is. Only its kind, its holder and the provider's prefix are told."""
    place = in_builder(build, secret.stage)
    mask = f" ({secret.masked})" if secret.masked != "***" else ""
    subject = f"{subject_of(build, secret)} holds {with_article(secret.kind)}{mask}{place}."
    message = subject[0].upper() + subject[1:]
    trace: tuple[Step, ...] = ()
    if secret.stage is not None:
        trace = build.trace(message.removesuffix("."), secret.span, secret.stage)
    severity = graded(build, secret.stage, secret.severity)
    return Problem(message, secret.span, secret.stage, secret.confidence, severity, trace=trace, key=key_of(secret))


def subject_of(build: Build, secret: SecretSeen) -> str:
    """What holds the secret, in words."""
    if secret.where in ("env", "arg", "label"):
        return f"{secret.where.upper()} '{secret.holder}'"
    keyword = ""
    if secret.position >= 0:
        steps = build.preamble if secret.stage is None else build.stages[secret.stage].steps
        keyword = steps[secret.position].instruction.keyword
    if secret.holder and secret.where != "comment":
        return f"'{secret.holder}' in {keyword}" if keyword else f"'{secret.holder}'"
    if secret.where == "instruction":
        return keyword or "An instruction"
    place = _PLACES[secret.where]
    return f"{place} of {keyword}" if keyword else place


def key_of(secret: SecretSeen) -> str:
    """What tells two secrets of one instruction apart: never the value."""
    return f"{secret.kind}:{secret.holder}" if secret.holder else secret.kind


def with_article(kind: str) -> str:
    """`a password`, `an API key`, `AWS credentials`."""
    if kind.endswith("credentials"):
        return kind
    return f"an {kind}" if kind[0] in "AEIOaeio" or kind.startswith("npm") else f"a {kind}"


def graded(build: Build, stage: int | None, severity: Severity) -> Severity:
    """How grave it is: what only a stage sees that does not ship is low, for it stays in the build's cache."""
    if stage is None or build.ships(stage):
        return severity
    return min(severity, Severity.LOW)


def in_builder(build: Build, stage: int | None) -> str:
    """The words that say so."""
    return "" if stage is None or build.ships(stage) else f" in {build.stages[stage].aside}"
