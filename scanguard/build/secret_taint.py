"""Secrets that are given to a build as arguments: which ones a RUN uses, or an ENV keeps. Their values stay in the image."""

from collections.abc import Iterator, Mapping

from scanguard.build.model import Build, BuildStep, Stage
from scanguard.build.secret_names import secret_kind
from scanguard.build.secret_text import hinted
from scanguard.dockerfile.nodes import Instruction
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


class ArgumentUse(NamedTuple):
    """One use of a secret argument. `keeps` is the ENV that keeps the value, empty for a RUN; `alias` the variable used."""

    span: Span
    step: BuildStep
    keeps: str = ""
    alias: str = ""


class SecretArgument(NamedTuple):
    """An ARG that is secret by its name, and what uses it, in the order of the file."""

    name: str
    kind: str
    span: Span
    step: BuildStep
    uses: tuple[ArgumentUse, ...]


class _Declared(NamedTuple):
    span: Span
    step: BuildStep


def secret_arguments(build: Build) -> Iterator[SecretArgument]:
    """The secret ARGs of all stages that something uses."""
    if not hinted(build.dockerfile.source.text):
        return
    inherited: dict[int, dict[str, _Declared]] = {}
    uses: dict[tuple[str, Span], list[ArgumentUse]] = {}
    steps: dict[tuple[str, Span], BuildStep] = {}
    for stage in build.stages:
        declared = dict(inherited.get(stage.base.index, {})) if stage.base is not None else {}
        for name, where, use in _uses(stage, declared):
            uses.setdefault((name, where.span), []).append(use)
            steps[name, where.span] = where.step
        inherited[stage.index] = declared
    for (name, span), found in uses.items():
        yield SecretArgument(name, secret_kind(name), span, steps[name, span], tuple(found))


def _uses(stage: Stage, declared: dict[str, _Declared]) -> Iterator[tuple[str, _Declared, ArgumentUse]]:
    """The uses in one stage; `declared` are the secret ARGs in force, and is filled."""
    aliases: dict[str, str] = {name: name for name in declared}
    for step in stage.steps:
        instruction = step.instruction
        if instruction.keyword == "ARG":
            for pair in instruction.pairs:
                name = pair.name.text
                if secret_kind(name):
                    declared[name] = _Declared(pair.span, step)
                    aliases[name] = name
        elif not declared:
            continue
        elif instruction.keyword == "ENV":
            yield from _kept(step, declared, aliases)
        elif instruction.keyword == "RUN":
            yield from _run(step, declared, aliases)


def _kept(
    step: BuildStep, declared: Mapping[str, _Declared], aliases: dict[str, str]
) -> Iterator[tuple[str, _Declared, ArgumentUse]]:
    for pair, value in zip(step.instruction.pairs, step.words, strict=False):
        for variable in value.variables:
            name = aliases.get(variable)
            if name is not None and pair.value is not None:
                aliases[pair.name.text] = name
                yield name, declared[name], ArgumentUse(pair.span, step, keeps=pair.name.text)
                break


def _run(
    step: BuildStep, declared: Mapping[str, _Declared], aliases: Mapping[str, str]
) -> Iterator[tuple[str, _Declared, ArgumentUse]]:
    supplied = {mount.env for mount in step.mounts if mount.env}
    for alias, name in aliases.items():
        if alias in supplied:
            continue
        span = _reference(step.instruction, alias)
        if span is not None:
            yield name, declared[name], ArgumentUse(span, step, alias=alias)


def _reference(instruction: Instruction, name: str) -> Span | None:
    """The first place where a RUN names a variable: `$X`, `${X…}`, `$env:X`, `%X%`."""
    at = _find(instruction.body.text, name)
    if at is not None:
        return instruction.body.span(*at)
    for heredoc in instruction.heredocs:
        found = _find(heredoc.content, name)
        if found is not None:
            return Span(heredoc.span.start + found[0], heredoc.span.start + found[1])
    return None


def _find(text: str, name: str) -> tuple[int, int] | None:
    for mark in (f"${name}", f"${{{name}", f"$env:{name}", f"%{name}%", f'environ["{name}"', f"environ['{name}'"):
        at = text.find(mark)
        while at >= 0:
            end = at + len(mark)
            whole = text[end : end + 1] not in _NAME or not text[end : end + 1]
            if whole and not _escaped(text, at):
                return at, end + (text[end : end + 1] == "}" and mark[1] == "{")
            at = text.find(mark, end)
    return None


def _escaped(text: str, at: int) -> bool:
    slashes = 0
    while at > slashes and text[at - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1
