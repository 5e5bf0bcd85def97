"""The secrets of a build: every value in the file that is a secret by its format, or by the name that it stands under.

A secret is masked when the fact about it is made: nothing here keeps its text. `secret_spans` says where they stand, so
that no report shows them, whatever rule it speaks of.
"""

from bisect import bisect_left, bisect_right
from enum import Enum
from functools import lru_cache

from scanguard.build.model import Build, BuildStep, Value
from scanguard.build.secret_arguments import InCommand, named_arguments
from scanguard.build.secret_literals import is_secret_value
from scanguard.build.secret_names import secret_kind, split_name
from scanguard.build.secret_text import bare_values, hinted, named_values, value_span
from scanguard.build.secret_values import Found, find_values
from scanguard.dockerfile.nodes import Instruction, Pair
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Confidence, Severity

_DECLARATIONS = {"ENV": "env", "ARG": "arg", "LABEL": "label"}
_COMMANDS = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"})
_SELF_EVIDENT_IN_COMMENTS = frozenset({"password in a URL", "Basic credentials", "bearer token"})
# Browsers get these: what says so in its name is meant to be seen.
_SOMETIMES_PUBLIC = frozenset({"JSON Web Token", "Google API key"})
_PUBLIC_WORDS = frozenset({"PUBLIC", "ANON", "PUBLISHABLE"})
_AWS_SECRET = 40


class Evidence(Enum):
    """By what a value is known as a secret: its format, the name of what holds it, or the command that takes it."""

    FORMAT = "format"
    NAME = "name"
    COMMAND = "command"


class SecretSeen(NamedTuple):
    """A secret that stands in the file, masked.

    `kind` is what it is (`GitHub token`, `password`), `masked` at most the provider's prefix and stars. `span` covers
    the value and nothing else. `holder` is the variable, flag or file that holds it, or empty. `where` is `env`, `arg`,
    `label`, `run-argument`, `run-assignment`, `heredoc`, `copy-heredoc`, `comment` or `instruction`. `stage` is None
    outside of stages, `position` the index of the step in its stage, -1 where no step holds it.
    """

    kind: str
    masked: str
    span: Span
    holder: str
    where: str
    stage: int | None
    position: int
    evidence: Evidence
    severity: Severity
    confidence: Confidence = Confidence.HIGH


class _Same:
    """A key for one build: a build holds mappings and has no hash of its own."""

    __slots__ = ("build",)

    def __init__(self, build: Build) -> None:
        self.build = build

    def __hash__(self) -> int:
        return id(self.build)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.build is self.build


class _Seen(NamedTuple):
    """What was found in one file: the facts, and what the text alone tells."""

    secrets: tuple[SecretSeen, ...]
    values: tuple[Found, ...]
    hinted: bool


def secrets(build: Build) -> tuple[SecretSeen, ...]:
    """The secrets of the file in the order in which they stand there; each value once. The last answer is remembered."""
    return _remembered(_Same(build)).secrets


def secret_spans(build: Build) -> tuple[Span, ...]:
    """All places of the file that no report may show, in order, without overlaps.

    More than `secrets` tells: values under a secret's name in comments, and where no instruction could be evaluated.
    """
    seen = _remembered(_Same(build))
    text = build.dockerfile.source.text
    spans = [secret.span for secret in seen.secrets]
    spans.extend(Span(one.start, one.end) for one in seen.values)
    if seen.hinted:
        spans.extend(Span(one.start, one.end) for one in named_values(text, 0, len(text), loose=True))
        spans.extend(Span(start, end) for start, end in bare_values(text))
    return _merged(spans) if spans else ()


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif span.end > span.start:
            merged.append(span)
    return tuple(merged)


@lru_cache(maxsize=1)
def _remembered(same: _Same) -> _Seen:
    text = same.build.dockerfile.source.text
    values = find_values(text)
    named = hinted(text)
    facts = _Finder(same.build).find(values, named=named) if values or named else ()
    return _Seen(facts, tuple(values), named)


class _Finder:
    """Puts what was found in the text to its place in the build."""

    def __init__(self, build: Build) -> None:
        self.text = build.dockerfile.source.text
        self.stages = build.stages
        self.made: dict[int, frozenset[str]] = {}
        self.steps = [*build.preamble, *(step for stage in build.stages for step in stage.steps)]
        self.starts = [step.span.start for step in self.steps]
        self.found: list[SecretSeen] = []
        self.taken: list[tuple[int, int]] = []

    def find(self, values: list[Found], *, named: bool) -> tuple[SecretSeen, ...]:
        """All secrets; a value that is known by its format is not told again by its name."""
        self.taken = [(value.start, value.end) for value in values]
        for value in values:
            secret = self._by_format(value)
            if secret is not None:
                self.found.append(secret)
        if named:
            self._by_name()
        self.found.sort(key=lambda secret: secret.span)
        return tuple(self.found)

    def _by_format(self, value: Found) -> SecretSeen | None:
        span = Span(value.start, value.end)
        step = self._step(value.start)
        masked = f"{value.shown}***"
        if step is None or self._in_comment(value.start, step.instruction):
            if value.kind in _SELF_EVIDENT_IN_COMMENTS or not self._comment_line(value.start):
                return None if self._comment_line(value.start) else _outside(value, span, masked)
            return SecretSeen(
                value.kind, masked, span, "", "comment", None, -1, Evidence.FORMAT, Severity.LOW, Confidence.LOW
            )
        where, holder = self._where(step.instruction, value.start)
        if is_meant_to_be_seen(value.kind, holder):
            return None
        stage = step.stage if step.stage >= 0 else None
        return SecretSeen(
            value.kind, masked, span, holder, where, stage, step.position, Evidence.FORMAT, value.severity
        )

    def _step(self, offset: int) -> BuildStep | None:
        at = bisect_right(self.starts, offset) - 1
        return self.steps[at] if at >= 0 and offset < self.steps[at].span.end else None

    def _comment_line(self, offset: int) -> bool:
        start = self.text.rfind("\n", 0, offset) + 1
        return self.text[start:offset].lstrip(" \t").startswith("#")

    def _in_comment(self, offset: int, instruction: Instruction) -> bool:
        """Whether this is a comment between the lines of an instruction; in a heredoc `#` is part of what runs."""
        return not _heredoc(instruction, offset) and self._comment_line(offset)

    def _where(self, instruction: Instruction, offset: int) -> tuple[str, str]:
        onbuild = instruction.trigger if instruction.keyword == "ONBUILD" else None
        inner = onbuild or instruction
        if _heredoc(inner, offset):
            return ("heredoc" if inner.keyword == "RUN" else "copy-heredoc"), ""
        for pair in inner.pairs:
            if pair.span.start <= offset < pair.span.end:
                return _DECLARATIONS.get(inner.keyword, "instruction"), pair.name.text
        return ("run-argument" if inner.keyword in _COMMANDS else "instruction"), ""

    def _by_name(self) -> None:
        for step in self.steps:
            instruction = step.instruction
            onbuild = instruction.trigger if instruction.keyword == "ONBUILD" else None
            inner = onbuild or instruction
            if inner.keyword in _DECLARATIONS:
                values = step.words if onbuild is None else ()
                self._declared(step, inner, values)
            elif (inner.heredocs or step.invocations or onbuild) and self._hinted(inner.span):
                self._ran(step if onbuild is None else _deferred(step, onbuild), inner)

    def _hinted(self, span: Span) -> bool:
        return hinted(self.text[span.start : span.end])

    def _declared(self, step: BuildStep, instruction: Instruction, values: tuple[Value, ...]) -> None:
        for at, pair in enumerate(instruction.pairs):
            if pair.value is None:
                continue
            kind = secret_kind(pair.name.text.strip("\"'"))
            if kind:
                value = values[at] if at < len(values) else Value(pair.value.text.strip("\"'"))
                self._pair(step, instruction, pair, kind, value)

    def _pair(self, step: BuildStep, instruction: Instruction, pair: Pair, kind: str, value: Value) -> None:
        """A value after expansion; one that came out of variables is none that stands here."""
        written = pair.value.span if pair.value is not None else pair.span
        source = self.text[written.start : written.end]
        text = value.text
        if value.variables or not value.known:
            text = _default(source) or (text if "$" not in text and text in source else "")
        if is_secret_value(text, kind, pair.name.text):
            span = value_span(self.text, written, text)
            self._add(step, span, kind, pair.name.text, _DECLARATIONS[instruction.keyword], Evidence.NAME, text)

    def _ran(self, step: BuildStep, instruction: Instruction) -> None:
        for one in named_arguments(step, self.text):
            self._command(step, one)
        for heredoc in instruction.heredocs:
            where = "heredoc" if instruction.keyword == "RUN" else "copy-heredoc"
            for named in named_values(self.text, heredoc.span.start, heredoc.span.end):
                span = Span(named.start, named.end)
                self._add(step, span, named.kind, named.name, where, Evidence.NAME, self.text[span.start : span.end])

    def _command(self, step: BuildStep, one: InCommand) -> None:
        if self._is_file(step, self.text[one.span.start : one.span.end]):
            return
        deferred = self.steps[bisect_right(self.starts, step.span.start) - 1].instruction.keyword == "ONBUILD"
        evidence = Evidence.COMMAND if one.command and not deferred else Evidence.NAME
        value = self.text[one.span.start : one.span.end]
        self._add(step, one.span, one.kind, one.holder, one.where, evidence, value, one.confidence)

    def _is_file(self, step: BuildStep, value: str) -> bool:
        """Whether a word is the name of a file that the stages of this step make or get."""
        if "." not in value and "-" not in value and "_" not in value:
            return False
        made = self.made.get(step.stage)
        if made is None:
            lineage = self.stages[step.stage].lineage
            paths = [written.path for stage in lineage for written in stage.written]
            paths += [copied.destination for stage in lineage for one in stage.steps for copied in one.copies]
            made = self.made[step.stage] = frozenset(path.rpartition("/")[2] for path in paths)
        return value.rpartition("/")[2] in made

    def _take(self, span: Span) -> bool:
        """Note the place of a value; False where a part of it has been told already."""
        at = bisect_left(self.taken, (span.start, span.end))
        before = at > 0 and self.taken[at - 1][1] > span.start
        if before or (at < len(self.taken) and self.taken[at][0] < span.end):
            return False
        self.taken.insert(at, (span.start, span.end))
        return True

    def _add(
        self,
        step: BuildStep,
        span: Span,
        kind: str,
        holder: str,
        where: str,
        evidence: Evidence,
        value: str,
        confidence: Confidence = Confidence.HIGH,
    ) -> None:
        if not self._take(span):
            return
        severity = Severity.HIGH
        if _is_aws_secret(holder, value):
            kind, evidence, severity = "AWS secret access key", Evidence.FORMAT, Severity.CRITICAL
        elif value.count("-") == 4 and len(value) == 36:
            confidence = min(confidence, Confidence.MEDIUM)
        stage = step.stage if step.stage >= 0 else None
        self.found.append(
            SecretSeen(kind, "***", span, holder, where, stage, step.position, evidence, severity, confidence)
        )


def is_meant_to_be_seen(kind: str, holder: str) -> bool:
    """Whether a value of this kind under this name is public on purpose: browsers get it."""
    return kind in _SOMETIMES_PUBLIC and not _PUBLIC_WORDS.isdisjoint(split_name(holder))


def _default(source: str) -> str:
    """The text that stands in `${NAME:-text}`, where that is all of the value."""
    source = source.strip("\"'")
    if not source.startswith("${") or not source.endswith("}"):
        return ""
    _, sign, default = source[2:-1].partition("-")
    return default if sign and "$" not in default else ""


def _deferred(step: BuildStep, trigger: Instruction) -> BuildStep:
    """The step that ONBUILD will make of its instruction, as far as it can be told here."""
    from scanguard.build.script.forms import invocations

    calls = tuple(invocations(trigger, {}, step.directory, ("/bin/sh", "-c"))) if trigger.keyword in _COMMANDS else ()
    return step._replace(instruction=trigger, invocations=calls)


def _outside(value: Found, span: Span, masked: str) -> SecretSeen:
    """A secret that stands in no instruction that could be read."""
    return SecretSeen(value.kind, masked, span, "", "instruction", None, -1, Evidence.FORMAT, value.severity)


def _heredoc(instruction: Instruction, offset: int) -> bool:
    return any(heredoc.span.start <= offset < heredoc.span.end for heredoc in instruction.heredocs)


def _is_aws_secret(holder: str, value: str) -> bool:
    """A secret access key: 40 characters of base64 under a name of AWS."""
    name = holder.lower()
    if len(value) != _AWS_SECRET or not ("aws" in name or "secret_access_key" in name) or "secret" not in name:
        return False
    return value.replace("/", "").replace("+", "").isalnum()
