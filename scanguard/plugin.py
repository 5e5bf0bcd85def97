"""The public surface for checks and plugins: the decorator, the hooks, and the words they need.

A plugin is a package with an entry point in the group `scanguard` that names a module with `@hookimpl` functions:

    [project.entry-points.scanguard]
    my-checks = "my_package.scanguard_plugin"

See docs/add-a-check.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import pluggy

from scanguard.build.model import Build, BuildStep, Package, Role, Stage, User, is_root
from scanguard.model.finding import Problem, Step
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference
from scanguard.model.rule import Confidence, Option, Rule, Severity

if TYPE_CHECKING:
    from scanguard.model.report import Report

__all__ = [
    "Build",
    "BuildStep",
    "Check",
    "Confidence",
    "ImageReference",
    "Option",
    "Options",
    "Package",
    "PolicyFile",
    "Problem",
    "Reporter",
    "Role",
    "Rule",
    "Severity",
    "Span",
    "Stage",
    "Step",
    "User",
    "dockerfile_check",
    "hookimpl",
    "hookspec",
    "is_root",
]

GROUP = "scanguard"
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)

Options: TypeAlias = Mapping[str, bool | int | str | tuple[str, ...]]


class Check(NamedTuple):
    """A rule and the generator that looks for its defect. `subject` is what it looks at: `dockerfile`."""

    rule: Rule
    run: Callable[[Build, Options], Iterator[Problem]]
    subject: str = "dockerfile"


class Reporter(NamedTuple):
    """A format for `--format` and `--output`: `render` turns a report into the text of a file."""

    name: str
    render: "Callable[[Report], str]"
    summary: str = ""


class PolicyFile(NamedTuple):
    """A policy that a package brings along: `name` is what `extends:` says, `path` a YAML file."""

    name: str
    path: str


def dockerfile_check(
    id: str,
    name: str,
    severity: Severity,
    *,
    category: str,
    equivalents: tuple[str, ...] = (),
    cis: tuple[str, ...] = (),
    nist: tuple[str, ...] = (),
    cwe: tuple[str, ...] = (),
    enabled: bool = True,
    since: str = "0.1.0",
    options: tuple[Option, ...] = (),
) -> Callable[[Callable[..., Iterator[Problem]]], Check]:
    """Turn a generator over a `Build` into a `Check`.

    The first line of its docstring is the rule's summary, the whole of it the rule's manual. The generator takes the
    build, and where `options` are declared a mapping of their values too.
    """

    def decorate(function: Callable[..., Iterator[Problem]]) -> Check:
        manual = (function.__doc__ or "").replace("\n    ", "\n").strip()
        summary = manual.partition("\n")[0]
        controls = (("cis-docker", cis), ("nist-800-190", nist), ("cwe", cwe))
        kept = tuple(control for control in controls if control[1])
        rule = Rule(id, name, category, severity, summary, manual, equivalents, kept, enabled, since, options)
        return Check(rule, function if options else lambda build, _: function(build))

    return decorate


class Hooks:
    """What a plugin may implement. Hooks return values; the engine calls what they return, inside its error boundary."""

    @hookspec
    def scanguard_checks(self) -> Iterable[Check]:
        """Return the checks that this plugin brings; asked once a run."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def scanguard_load_image(self, target: str, paths: Sequence[str]) -> object | None:
        """Return the image that `target` names, or None where this plugin does not know such targets."""
        raise NotImplementedError

    @hookspec
    def scanguard_reporters(self) -> Iterable[Reporter]:
        """Return further formats for `--format` and `--output`; asked when formats are parsed."""
        raise NotImplementedError

    @hookspec
    def scanguard_policies(self) -> Iterable[PolicyFile]:
        """Return policies that `extends:` and `--policy` may name; asked when a policy's name is looked up."""
        raise NotImplementedError
