"""The evaluated build as the facts that declared rules speak of: images, commands, packages, paths and so on.

A value is the texts that it may be (any of them is right), a truth value, or None where the file does not tell.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from scanguard.build.commands import Invocation
from scanguard.build.model import Build, BuildStep, Copied, ImageUse, Package, Role, Stage
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.policy.vocabulary import DOCKER_HUB

Value: TypeAlias = "tuple[str, ...] | bool | None"


class Fact(NamedTuple):
    """One thing that the build does, and where. `kind` and the names of `values` are those of `vocabulary.KINDS`.

    `shown` are the values that messages may show, `key` tells facts of one instruction apart. `step` is the
    instruction that holds it. `call` is the command, for its arguments.
    """

    kind: str
    values: Mapping[str, Value]
    shown: Mapping[str, str]
    span: Span
    stage: int
    key: str
    step: BuildStep | None = None
    call: Invocation | None = None


class View(NamedTuple):
    """The part of a build that a rule looks at: stages with the steps that count for them, lowest first."""

    build: Build
    stages: tuple[Stage, ...]
    steps: tuple[BuildStep, ...]
    packages: tuple[Package, ...]
    users: tuple[Stage, ...]


def view(build: Build, scope: str) -> View:
    """The shipped stage with all that it inherits (`shipped`), or every stage by itself (`all`)."""
    if scope == "all":
        steps = tuple(step for stage in build.stages for step in stage.steps)
        packages = tuple(one for stage in build.stages for one in stage.packages if one.step.stage == stage.index)
        return View(build, build.stages, steps, packages, build.stages)
    return lineage(build, build.shipped)


def lineage(build: Build, stage: Stage | None) -> View:
    """One stage with all that it inherits; nothing where there is none."""
    if stage is None:
        return View(build, (), (), (), ())
    steps = tuple(step for one in stage.lineage for step in one.steps)
    return View(build, stage.lineage, steps, stage.packages, (stage,))


def facts(seen: View, kind: str) -> Iterator[Fact]:
    """All facts of a kind."""
    return _READERS[kind](seen)


def stage_values(build: Build, stage: int) -> Mapping[str, Value]:
    """What may be said of the stage that holds a fact."""
    role = build.stages[stage].role
    shipped = role in (Role.SHIPPED, Role.LINEAGE)
    return {"name": (build.stages[stage].name,), "shipped": shipped, "builder": role is Role.BUILDER}


def instruction_values(build: Build, step: BuildStep) -> Mapping[str, Value]:
    """What may be said of the instruction that holds a fact."""
    text = " ".join(build.dockerfile.source[step.span].split())
    return {"keyword": (step.instruction.keyword,), "text": (text,)}


def _stages(seen: View) -> Iterator[Fact]:
    for stage in seen.stages:
        values = stage_values(seen.build, stage.index)
        span = stage.from_span
        yield Fact("stage", values, {"name": stage.name}, span, stage.index, stage.name, _holder(stage, span))


def _instructions(seen: View) -> Iterator[Fact]:
    for step in seen.steps:
        values = instruction_values(seen.build, step)
        keyword = step.instruction.keyword
        yield Fact("instruction", values, {"keyword": keyword}, step.span, step.stage, keyword, step)


def _commands(seen: View) -> Iterator[Fact]:
    for step in seen.steps:
        for call in _calls(step.invocations):
            source = call.input
            values: dict[str, Value] = {
                "name": (call.name,) if call.name else None,
                "input": () if source is None else (source.name,) if source.name else None,
            }
            yield Fact("command", values, {"name": call.name}, call.span, step.stage, call.name, step, call)


def _calls(calls: Iterable[Invocation]) -> Iterator[Invocation]:
    """The commands and those inside their `$(…)`, each once."""
    seen: set[Span] = set()
    waiting = list(reversed(tuple(calls)))
    while waiting:
        call = waiting.pop()
        if call.span not in seen:
            seen.add(call.span)
            yield call
            waiting.extend(reversed(call.inputs))


def _images(seen: View) -> Iterator[Fact]:
    stages = {stage.index for stage in seen.stages}
    for use in seen.build.images:
        if use.stage in stages:
            values, shown = _image(use)
            holder = _holder(seen.build.stages[use.stage], use.span)
            yield Fact("image", values, shown, use.span, use.stage, use.value.text, holder)


def _image(use: ImageUse) -> tuple[Mapping[str, Value], Mapping[str, str]]:
    reference = use.reference
    if reference is None:
        return {"pinned": None}, {"image": use.text}
    hub = reference.registry in DOCKER_HUB
    values: dict[str, Value] = {
        "registry": ("docker.io" if hub else reference.registry,),
        "repository": (reference.familiar if hub else reference.repository,),
        "tag": (reference.tag or ("" if reference.digest else "latest"),),
        "digest": (reference.digest,),
        "pinned": reference.pinned,
    }
    shown = {name: value[0] for name, value in values.items() if isinstance(value, tuple)}
    return values, {**shown, "image": str(reference)}


def _environment(seen: View) -> Iterator[Fact]:
    return _pairs(seen, "ENV", "environment")


def _labels(seen: View) -> Iterator[Fact]:
    return _pairs(seen, "LABEL", "label")


def _pairs(seen: View, keyword: str, kind: str) -> Iterator[Fact]:
    for step in seen.steps:
        if step.instruction.keyword == keyword:
            for pair, value in zip(step.instruction.pairs, step.words, strict=False):
                name = pair.name.text.strip("\"'")
                values: dict[str, Value] = {"name": (name,), "value": (value.text,) if value.known else None}
                yield Fact(kind, values, {"name": name}, pair.span, step.stage, name, step)


def _packages(seen: View) -> Iterator[Fact]:
    for package in seen.packages:
        if package.in_layer:
            values: dict[str, Value] = {
                "manager": (package.manager,),
                "name": (package.name,) if package.known else None,
                "version": (package.version,) if package.known else None,
            }
            shown = {"manager": package.manager, "name": package.name, "version": package.version}
            yield Fact("package", values, shown, package.span, package.step.stage, package.name, package.step)


def _paths(seen: View) -> Iterator[Fact]:
    for step in seen.steps:
        for copied in step.copies:
            yield _copied(copied, step)
    kept = {(step.stage, step.position) for step in seen.steps}
    for stage in seen.stages:
        for written in stage.written:
            if (written.step.stage, written.step.position) in kept:
                path = written.path
                values: dict[str, Value] = {"path": (path,), "source": (), "by": ("written",), "origin": ()}
                yield Fact("path", values, {"path": path}, written.span, stage.index, path, written.step)


def _copied(copied: Copied, step: BuildStep) -> Fact:
    path, source = copied.destination, copied.source
    values: dict[str, Value] = {
        "path": (path,) if copied.known else None,
        "source": (source,) if copied.known else None,
        "by": ("copied",),
        "origin": (copied.origin,),
    }
    return Fact("path", values, {"path": path}, copied.span, step.stage, path, step)


def _users(seen: View) -> Iterator[Fact]:
    for stage in seen.users:
        user = stage.user
        group = None if user.group is None else (user.group,)
        values: dict[str, Value] = {
            "name": (user.name,) if user.known else None,
            "group": group if user.known else None,
            "root": user.root if user.known else None,
        }
        setter = next((one for one in stage.lineage if user.span and one.user.span == user.span), stage)
        span = user.span or stage.from_span
        yield Fact("user", values, {"name": user.name}, span, setter.index, user.name, _holder(setter, span))


def _holder(stage: Stage, span: Span) -> BuildStep | None:
    """The instruction that a place lies in."""
    return next((step for step in stage.steps if step.span.start <= span.start < step.span.end), None)


_READERS: Mapping[str, Callable[[View], Iterator[Fact]]] = {
    "stage": _stages,
    "instruction": _instructions,
    "command": _commands,
    "image": _images,
    "environment": _environment,
    "label": _labels,
    "package": _packages,
    "path": _paths,
    "user": _users,
}
