"""The public surface for checks and plugins: the decorator, the hooks, and the words they need.

A plugin is a package with an entry point in the group `scanguard` that names a module with `@hookimpl` functions:

    [project.entry-points.scanguard]
    my-checks = "my_package.scanguard_plugin"

See docs/add-a-check.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import pluggy

from scanguard.build.model import Build, BuildStep, Package, Role, Stage, User, is_root, user_number
from scanguard.model.errors import TargetError
from scanguard.model.finding import Problem, Step
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference
from scanguard.model.rule import Confidence, Option, Rule, Severity

if TYPE_CHECKING:
    from scanguard.blame.nodes import Blame
    from scanguard.image.contents import read_contents
    from scanguard.image.inventory import Inventory
    from scanguard.image.nodes import Image, ImageSource, LayerContents
    from scanguard.image.problems import ImagePlace, ImageProblem
    from scanguard.model.report import Report

__all__ = [
    "Build",
    "BuildStep",
    "Check",
    "Confidence",
    "Image",
    "ImagePlace",
    "ImageProblem",
    "ImageReference",
    "ImageScan",
    "ImageSource",
    "LayerContents",
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
    "TargetError",
    "User",
    "dockerfile_check",
    "hookimpl",
    "hookspec",
    "image_check",
    "is_root",
    "read_contents",
    "user_number",
]

_OF_IMAGES = {
    "Image": "nodes",
    "ImagePlace": "problems",
    "ImageProblem": "problems",
    "ImageSource": "nodes",
    "LayerContents": "nodes",
    "read_contents": "contents",
}


def __getattr__(name: str) -> object:
    """The words for images are loaded when somebody uses them: a check of Dockerfiles needs none."""
    if name not in _OF_IMAGES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"scanguard.image.{_OF_IMAGES[name]}"), name)


GROUP = "scanguard"
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)

Options: TypeAlias = Mapping[str, bool | int | str | tuple[str, ...]]


class ImageScan(NamedTuple):
    """What checks of images look at.

    `build` and `blame` are None where no Dockerfile is given; `base_layers` is how many layers of the image are the base
    image's, None where that cannot be known. `contents` has the layers, bottom first, `inventory` what a scanner said;
    both are only there for checks that need them (`needs`).
    """

    image: "Image"
    contents: "tuple[LayerContents, ...]" = ()
    inventory: "Inventory | None" = None
    build: Build | None = None
    blame: "Blame | None" = None
    base_layers: int | None = None


class Check(NamedTuple):
    """A rule and the generator that looks for its defect.

    `subject` is what it looks at: `dockerfile` (`run` takes a `Build`) or `image` (`run` takes an `ImageScan`). `needs`
    says what has to be fetched first: `layers`, `inventory`; and `secrets` or `licences` where the inventory is to have
    these.
    """

    rule: Rule
    run: "Callable[[Any, Options], Iterator[Any]]"
    subject: str = "dockerfile"
    needs: frozenset[str] = frozenset()


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
        controls = (("cis-docker", cis), ("nist-800-190", nist), ("cwe", cwe))
        rule = _rule(function, id, name, category, severity, equivalents, controls, enabled, since, options)
        return Check(rule, function if options else lambda build, _: function(build))

    return decorate


def image_check(
    id: str,
    name: str,
    severity: Severity,
    *,
    category: str = "image",
    needs: tuple[str, ...] = (),
    equivalents: tuple[str, ...] = (),
    cis: tuple[str, ...] = (),
    nist: tuple[str, ...] = (),
    cwe: tuple[str, ...] = (),
    enabled: bool = True,
    since: str = "0.1.0",
    options: tuple[Option, ...] = (),
) -> Callable[[Callable[..., "Iterator[ImageProblem]"]], Check]:
    """Turn a generator over an `ImageScan` into a `Check`; the rest is as with `dockerfile_check`."""

    def decorate(function: "Callable[..., Iterator[ImageProblem]]") -> Check:
        controls = (("cis-docker", cis), ("nist-800-190", nist), ("cwe", cwe))
        rule = _rule(function, id, name, category, severity, equivalents, controls, enabled, since, options)
        run = function if options else lambda scan, _: function(scan)
        return Check(rule._replace(subject="image"), run, "image", frozenset(needs))

    return decorate


def _rule(
    function: Callable[..., object],
    id: str,
    name: str,
    category: str,
    severity: Severity,
    equivalents: tuple[str, ...],
    controls: tuple[tuple[str, tuple[str, ...]], ...],
    enabled: bool,
    since: str,
    options: tuple[Option, ...],
) -> Rule:
    """The rule of a check: the first line of the function's docstring is its summary, the whole of it its manual."""
    manual = (function.__doc__ or "").replace("\n    ", "\n").strip()
    kept = tuple(control for control in controls if control[1])
    return Rule(
        id, name, category, severity, manual.partition("\n")[0], manual, equivalents, kept, enabled, since, options
    )


class Hooks:
    """What a plugin may implement. Hooks return values; the engine calls what they return, inside its error boundary."""

    @hookspec
    def scanguard_checks(self) -> Iterable[Check]:
        """Return the checks that this plugin brings; asked once a run."""
        raise NotImplementedError

    @hookspec(firstresult=True)
    def scanguard_load_image(self, target: str, platform: str, pull: bool) -> "ImageSource | None":
        """Return the image that `target` (a reference or a path) names, or None where this plugin does not know it.

        `platform` (`linux/arm64`) chooses from an index, `pull` allows to fetch the image from a registry. Raises
        TargetError, which says why, where the target is of this plugin's kind and gives no image.
        """
        raise NotImplementedError

    @hookspec
    def scanguard_reporters(self) -> Iterable[Reporter]:
        """Return further formats for `--format` and `--output`; asked when formats are parsed."""
        raise NotImplementedError

    @hookspec
    def scanguard_policies(self) -> Iterable[PolicyFile]:
        """Return policies that `extends:` and `--policy` may name; asked when a policy's name is looked up."""
        raise NotImplementedError
