"""Builds and commands from text, for the tests of this folder."""

import shlex

from scanguard.build.commands import Argument, Invocation
from scanguard.build.evaluate import BuildOptions, evaluate
from scanguard.build.model import Build, BuildStep, Stage, User
from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source, Span


def build(text: str, target: str = "", contexts: tuple[str, ...] = (), **build_args: str) -> Build:
    """The evaluated build of a Dockerfile's text."""
    return evaluate(parse(Source("Dockerfile", text)), BuildOptions(target, build_args, frozenset(contexts)))


def stage(text: str, **build_args: str) -> Stage:
    """The last stage of a Dockerfile's text."""
    return build(text, **build_args).stages[-1]


def written_as(built: Build, span: Span | None) -> str | None:
    """The source text at a span."""
    return None if span is None else built.dockerfile.source[span]


def argument(text: str, at: int = 0) -> Argument:
    """A word; one with a `$` in it is not known."""
    return Argument(text, "$" not in text, (), Span(at, at + len(text)))


def command(line: str, directory: str | None = "/work", **fields: object) -> Invocation:
    """A simple command of plain words. `<op> target` in `fields['redirects']` are pairs of texts."""
    name, *words = shlex.split(line)
    arguments = tuple(argument(word, index) for index, word in enumerate(words))
    return Invocation(name, arguments, Span(0, len(line)), directory=directory)._replace(**fields)


def run_step() -> BuildStep:
    """A step that commands can belong to."""
    instruction = parse(Source("Dockerfile", "FROM scratch\nRUN true\n")).stages[0].instructions[1]
    return BuildStep(0, 1, instruction, User("root", None, True, None), "/", {})
