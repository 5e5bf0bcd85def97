"""Secrets that are given to a build as arguments: which ones a RUN uses, or an ENV keeps. Their values stay in the image."""

from collections.abc import Iterator, Mapping

from scanguard.build.model import Build, BuildStep, Stage
from scanguard.build.secret_names import secret_kind
from scanguard.build.secret_text import hinted
from scanguard.dockerfile.nodes import Instruction
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

_MARKS = ("environ['", 'environ["', "$env:", "${", "$")
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
    for alias, span in _references(step.instruction).items():
        name = aliases.get(alias)
        if name is not None and alias not in supplied:
            yield name, declared[name], ArgumentUse(span, step, alias=alias)


def _references(instruction: Instruction) -> dict[str, Span]:
    """The variables that a RUN names, each with the first place where it does: `$X`, `${X…}`, `$env:X`, `environ["X"]`."""
    found: dict[str, Span] = {}
    for heredoc in reversed(instruction.heredocs):
        base = heredoc.span.start
        found.update((name, Span(base + start, base + end)) for name, start, end in _names(heredoc.content))
    body = instruction.body
    found.update((name, body.span(start, end)) for name, start, end in _names(body.text))
    return found


def _names(text: str) -> Iterator[tuple[str, int, int]]:
    """(name, start, end), the last place first, so that the first one stays in a mapping."""
    for mark in _MARKS:
        at = text.rfind(mark)
        while at >= 0:
            start = end = at + len(mark)
            while end < len(text) and text[end] in _NAME:
                end += 1
            if end > start and not _escaped(text, at):
                yield text[start:end], at, end + (mark == "${" and text[end : end + 1] == "}")
            at = text.rfind(mark, 0, at)


def _escaped(text: str, at: int) -> bool:
    slashes = 0
    while at > slashes and text[at - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1
