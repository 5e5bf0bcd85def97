"""The evaluated build: stages, what each instruction did, and the facts that checks ask for.

Every fact knows the place that made it (`span`) and the step that holds it; `Build.trace` tells how it reached the
shipped stage. What cannot be known is said to be unknown, with a reason, never left out.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import TYPE_CHECKING

from scanguard.build.commands import Invocation
from scanguard.dockerfile.nodes import Dockerfile, Instruction, StageNode
from scanguard.model.finding import Step
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference

if TYPE_CHECKING:
    from scanguard.dockerfile.mounts import Mount

PUBLIC_REGISTRIES = frozenset(
    "docker.io index.docker.io gcr.io ghcr.io quay.io public.ecr.aws mcr.microsoft.com nvcr.io registry.k8s.io lscr.io "
    "registry.gitlab.com registry.fedoraproject.org registry.access.redhat.com docker.elastic.co mirror.gcr.io".split()
) | {""}
_LARGEST_ID = 2**31 - 1


class Role(Enum):
    """What becomes of a stage: it ships, the shipped one is built FROM it, its files may be copied, or nothing."""

    SHIPPED = "shipped"
    LINEAGE = "inherited by the shipped stage"
    BUILDER = "a builder stage"
    UNREACHED = "not used by the shipped stage"


class Value(NamedTuple):
    """A text after expansion. Where `known` is False, `text` still holds what is unknown as it was written.

    `variables` are the names that went into it.
    """

    text: str
    known: bool = True
    variables: tuple[str, ...] = ()


class Variable(NamedTuple):
    """A variable in force. `kind` is `ENV`, `ARG` or `BUILD_ARG` (`--build-arg`, a proxy, the platform).

    `value` is as far as it is known. `span` is the pair that set it, None for what no line of the file sets. `fixed` says
    that no `--build-arg` can change the value: an ENV of a known text into which only fixed variables went.
    """

    name: str
    value: Value
    kind: str
    span: Span | None
    fixed: bool = False

    @property
    def unset(self) -> bool:
        """Whether this is an ARG without a value: empty unless whoever builds gives one."""
        return self.kind == "ARG" and not self.value.known and self.value.text == f"${self.name}"


class User(NamedTuple):
    """Who runs: the text after USER, expanded. `span` is None where it is the base image's own default.

    `known` is False where the text cannot be known; `source` then says why.
    """

    name: str
    group: str | None
    known: bool
    span: Span | None
    source: str = ""

    @property
    def root(self) -> bool:
        """Whether this is root, by name or by a number that is 0."""
        return is_root(self.name)


def is_root(name: str) -> bool:
    """Whether a user or group is root: `root`, or a number that is 0."""
    return name == "root" or user_number(name) == 0


def user_number(word: str) -> int | None:
    """The uid or gid that a word of USER is; None for a name, and for a number that containers do not take for one.

    Decimal digits with or without a sign, of at most 2147483647, as docker and containerd read them:
    https://github.com/moby/sys/blob/main/user/user.go
    """
    digits = word[1:] if word.startswith(("+", "-")) else word
    if not (digits.isascii() and digits.isdecimal()):
        return None
    digits = digits.lstrip("0")
    if not digits:
        return 0
    return int(digits) if word[0] != "-" and len(digits) < 11 and int(digits) <= _LARGEST_ID else None


class Copied(NamedTuple):
    """One path that COPY or ADD brings: its source as written and expanded, absolute for stages; `destination` is absolute.

    `origin` is `context`, `stage`, `image`, `named-context`, `url`, `git` or `heredoc`.
    """

    source: str
    destination: str
    origin: str
    known: bool
    span: Span


class BuildStep(NamedTuple):
    """One instruction, evaluated. `environment` and `user` are those in force before it.

    `words` are the arguments after expansion by BuildKit (empty for RUN and the commands, whose shell expands).
    """

    stage: int
    position: int
    instruction: Instruction
    user: User
    directory: str | None
    variables: Mapping[str, Variable]
    words: tuple[Value, ...] = ()
    invocations: tuple[Invocation, ...] = ()
    mounts: "tuple[Mount, ...]" = ()
    copies: tuple[Copied, ...] = ()
    source: "int | ImageUse | None" = None

    @property
    def span(self) -> Span:
        """The instruction's place."""
        return self.instruction.span


class ImageUse(NamedTuple):
    """An external image that the build needs. `kind` is `FROM`, `COPY` or `RUN`, the instruction that names it.

    `text` is as written, `value` after expansion; `reference` is None where the value is unknown or empty.
    """

    kind: str
    text: str
    value: Value
    reference: ImageReference | None
    span: Span
    stage: int
    variables: tuple[Variable, ...] = ()
    platform: str = ""


class Package(NamedTuple):
    """A package that a RUN installs. `manager` is apt, apk, dnf, … `version` is empty where none is asked for.

    `group` is apk's `--virtual` name. `known` is False where a part of the name cannot be known. `removed` is the
    step that takes it away again, the same step where it leaves nothing in a layer.
    """

    manager: str
    name: str
    version: str
    span: Span
    step: BuildStep
    known: bool = True
    certain: bool = True
    group: str = ""
    removed: BuildStep | None = None
    removed_span: Span | None = None

    @property
    def in_layer(self) -> bool:
        """Whether the bytes of the package stay in the layer of the step that installed it."""
        return self.removed is None or self.removed is not self.step


class Written(NamedTuple):
    """A path that a RUN creates, by `how` (the command's name). `content` is the text written, where known."""

    path: str
    how: str
    span: Span
    step: BuildStep
    content: str | None = None


class Deleted(NamedTuple):
    """A path or glob that a RUN removes."""

    path: str
    span: Span
    step: BuildStep


class Download(NamedTuple):
    """Something that a RUN fetches. `destination` is absolute, None where it goes into a pipe or cannot be known."""

    url: str
    known: bool
    destination: str | None
    span: Span
    step: BuildStep


class Stage:
    """One stage, evaluated.

    `base` is the stage it is built FROM, or None; then `image` is the external image, or None for `scratch` and for a
    FROM that cannot be read. `scratch` tells these two apart. `user` and `variables` are those at the stage's end.
    """

    __slots__ = (
        "base",
        "deleted",
        "directory",
        "downloads",
        "image",
        "index",
        "node",
        "packages",
        "role",
        "scratch",
        "shell",
        "steps",
        "user",
        "users",
        "variables",
        "written",
    )

    def __init__(self, node: StageNode, base: "Stage | None", image: ImageUse | None, *, scratch: bool) -> None:
        self.node = node
        self.index = node.position
        self.base = base
        self.image = image
        self.scratch = scratch
        self.role = Role.UNREACHED
        self.directory: str | None = None
        self.shell: tuple[str, ...] = ("/bin/sh", "-c")
        self.steps: tuple[BuildStep, ...] = ()
        self.user = User("root", None, True, None)
        self.users: frozenset[str] = frozenset()
        self.variables: Mapping[str, Variable] = {}
        self.packages: tuple[Package, ...] = ()
        self.written: tuple[Written, ...] = ()
        self.deleted: tuple[Deleted, ...] = ()
        self.downloads: tuple[Download, ...] = ()

    @property
    def name(self) -> str:
        """The name after AS, or the index as text."""
        return self.node.name.text if self.node.name else str(self.index)

    @property
    def title(self) -> str:
        """How messages speak of the stage."""
        return f"stage '{self.name}'" if self.node.name else f"stage {self.index}"

    @property
    def aside(self) -> str:
        """How messages speak of the stage where it does not ship: of a builder, or of one that the build has no use for."""
        return f"builder {self.title}" if self.role is Role.BUILDER else f"{self.title}, which does not ship"

    @property
    def lineage(self) -> tuple["Stage", ...]:
        """The stages whose layers this one has, the bottom one first, itself last."""
        chain = [self]
        while chain[-1].base is not None:
            chain.append(chain[-1].base)
        return tuple(reversed(chain))

    @property
    def from_span(self) -> Span:
        """The image or stage name after FROM."""
        return self.node.image.span


class Edge(NamedTuple):
    """`stage` needs `source`. `kind` is INHERITS (FROM), COPIES (`--from`) or MOUNTS (`RUN --mount=from=`)."""

    kind: str
    stage: int
    source: int
    span: Span


class GraphProblem(NamedTuple):
    """A defect of the graph itself.

    `kind` is `unknown-stage`, `forward-stage`, `self-stage`, `duplicate-name` or `reserved-name`.
    """

    kind: str
    name: str
    span: Span
    stage: int
    suggestion: str = ""
    other: Span | None = None


class Build(NamedTuple):
    """The whole evaluated file: what checks look at.

    `shipped` is the stage that ships, None where the file has no stage. `unknowns` say what kept the build from being
    known, as (message, span).
    """

    dockerfile: Dockerfile
    stages: tuple[Stage, ...]
    shipped: Stage | None
    images: tuple[ImageUse, ...]
    edges: tuple[Edge, ...]
    problems: tuple[GraphProblem, ...]
    preamble: tuple[BuildStep, ...] = ()
    unknowns: tuple[tuple[str, Span], ...] = ()

    def shipped_steps(self) -> Iterator[BuildStep]:
        """The steps whose layers ship, from the bottom up."""
        if self.shipped is not None:
            for stage in self.shipped.lineage:
                yield from stage.steps

    def ships(self, stage: int) -> bool:
        """Whether the layers of this stage are part of the shipped image."""
        return self.stages[stage].role in (Role.SHIPPED, Role.LINEAGE)

    @staticmethod
    def is_public(reference: ImageReference) -> bool:
        """Whether an image comes from a registry that anybody can read; such images run as root unless they say otherwise."""
        return reference.registry in PUBLIC_REGISTRIES

    def way(self, stage: int) -> tuple[Step, ...]:
        """How the layers of a stage come into the shipped one: a step for each FROM between them."""
        if self.shipped is None or not self.ships(stage):
            return ()
        chain = self.shipped.lineage
        at = [one.index for one in chain].index(stage)
        return tuple(
            Step(f"{above.title} is built FROM {below.title}", above.from_span)
            for below, above in zip(chain[at:], chain[at + 1 :], strict=False)
        )

    def trace(self, message: str, span: Span, stage: int) -> tuple[Step, ...]:
        """The way of one fact into the shipped stage, or nothing where the fact is in the shipped stage itself."""
        way = self.way(stage)
        return (Step(message, span), *way) if way else ()
