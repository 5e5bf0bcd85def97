"""Dockerfile in, evaluated build out: the instructions of each stage, one after the other, as BuildKit would take them."""

from collections.abc import Callable, Mapping

from scanguard.build import files
from scanguard.build.bases import base_accounts, base_user, is_windows
from scanguard.build.commands import Invocation
from scanguard.build.copying import Copying, flag_source
from scanguard.build.graph import StageNames, assign_roles
from scanguard.build.ledger import Ledger
from scanguard.build.model import (
    Build,
    BuildStep,
    Deleted,
    Download,
    ImageUse,
    Stage,
    User,
    Value,
    Variable,
    Written,
)
from scanguard.build.paths import resolve
from scanguard.build.users import created_users, parse_user
from scanguard.build.variables import Scope
from scanguard.dockerfile.nodes import Dockerfile, Instruction, StageNode, Word
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference

_COMMANDS = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"})


class BuildOptions(NamedTuple):
    """What the command line of a build says: `--target`, `--build-arg`, and the names that `--build-context` gives.

    `base_user` is asked for the default user of an image that no table knows; it gives None where it does not know either.
    """

    target: str = ""
    build_args: Mapping[str, str] = {}
    build_contexts: frozenset[str] = frozenset()
    base_user: Callable[[ImageReference], str | None] | None = None


class UnknownTarget(ValueError):
    """`--target` names no stage of the file."""

    @property
    def message(self) -> str:
        """The sentence of a report, the same for a Dockerfile and for its image, so that it is there once."""
        return f"There is no stage '{self}' to ship: nothing of it was checked."


def evaluate(dockerfile: Dockerfile, options: BuildOptions | None = None) -> Build:
    """Build the file symbolically.

    Raises UnknownTarget where `options.target` is no stage of this file. Anything else that cannot be known is
    in the result: `Build.unknowns`, values that are not known, stages without an image.
    """
    return _Evaluator(dockerfile, options or BuildOptions()).build()


class _Evaluator:
    """The state of one evaluation."""

    def __init__(self, dockerfile: Dockerfile, options: BuildOptions) -> None:
        self.dockerfile = dockerfile
        self.options = options
        self.names = StageNames(dockerfile)
        self.scope = Scope(options.build_args, dockerfile.escape)
        self.images: list[ImageUse] = []
        self.stages: list[Stage] = []
        self.ledgers: list[Ledger] = []
        self.unknowns: list[tuple[str, Span]] = []

    def build(self) -> Build:
        preamble = tuple(self._global(position, one) for position, one in enumerate(self.dockerfile.preamble))
        for node in self.dockerfile.stages:
            self.stages.append(self._stage(node))
        self.names.check_names()
        stages = tuple(self.stages)
        shipped = self._shipped(stages)
        if shipped is not None:
            assign_roles(stages, self.names.edges, shipped)
            self._doubt_user(shipped)
        edges, problems = tuple(self.names.edges), tuple(self.names.problems)
        return Build(
            self.dockerfile, stages, shipped, tuple(self.images), edges, problems, preamble, tuple(self.unknowns)
        )

    def _doubt_user(self, shipped: Stage) -> None:
        """Say so where nobody can tell who runs in the shipped image; a base image that is not known at all says it itself."""
        user = shipped.user
        if user.known:
            return
        image = shipped.lineage[0].image
        if user.span is not None:
            self.unknowns.append((f"Who runs in the shipped image is not known: {user.source}.", user.span))
        elif image is not None and image.reference is not None and not Build.is_public(image.reference):
            message = f"Who runs in the shipped image is not known: there is no USER, and {user.source}"
            self.unknowns.append((f"{message}; --daemon asks an image that is here.", shipped.from_span))

    def _shipped(self, stages: tuple[Stage, ...]) -> Stage | None:
        if not self.options.target:
            return stages[-1] if stages else None
        index = self.names.target(self.options.target)
        if index is None:
            raise UnknownTarget(self.options.target)
        return stages[index]

    def _global(self, position: int, instruction: Instruction) -> BuildStep:
        before = self.scope.variables
        words: tuple[Value, ...] = ()
        if instruction.keyword == "ARG":
            words = tuple(self.scope.declare(pair).value for pair in instruction.pairs)
        return BuildStep(-1, position, instruction, User("root", None, True, None), "/", before, words)

    def _stage(self, node: StageNode) -> Stage:
        value = self.scope.expand(node.image.text)
        base_index = self.names.base(value.text, node.position) if value.known else None
        scratch = value.text == "scratch" and base_index is None
        if base_index is not None:
            self.names.inherit(node.position, base_index, node.image.span)
            stage = Stage(node, self.stages[base_index], None, scratch=False)
        elif scratch or value.text.lower() in self.options.build_contexts:
            stage = Stage(node, None, None, scratch=scratch)
        else:
            platform = node.platform.text if node.platform else ""
            image = self.image("FROM", node.image, value, node.position, self.scope.variables)._replace(
                platform=platform
            )
            self.images.append(image)
            stage = Stage(node, None, image, scratch=False)
        _StageEvaluator(self, stage).run()
        return stage

    def image(self, kind: str, word: Word, value: Value, stage: int, variables: Mapping[str, Variable]) -> ImageUse:
        """An image that is needed, with the variables that its name came from."""
        used = tuple(variables[name] for name in value.variables if name in variables)
        reference = ImageReference.parse(value.text) if value.known and value.text else None
        if reference is None:
            self.unknowns.append(
                (f"The image '{value.text}' depends on a value that the Dockerfile does not set.", word.span)
            )
        return ImageUse(kind, word.text, value, reference, word.span, stage, used)


class _StageEvaluator:
    """The state of one stage while its instructions are taken."""

    def __init__(self, parent: _Evaluator, stage: Stage) -> None:
        self.parent = parent
        self.stage = stage
        base = stage.base
        self.scope = parent.scope.stage(base.variables if base else {}, closed=stage.lineage[0].scratch)
        self.directory: str | None = base.directory if base else _directory(stage)
        stage.user = base.user if base else _base_user(stage, parent.options)
        stage.shell = base.shell if base else stage.shell
        self.users = set(base.users if base else _accounts(stage))
        self.ledger = Ledger(parent.ledgers[base.index] if base else None)
        parent.ledgers.append(self.ledger)
        self.steps: list[BuildStep] = []
        self.written: list[Written] = []
        self.deleted: list[Deleted] = []
        self.downloads: list[Download] = []

    def run(self) -> None:
        """Take all instructions, then freeze what they made of the stage."""
        for position, instruction in enumerate(self.stage.node.instructions):
            step = self._step(position, instruction)
            self.steps.append(step)
            if instruction.keyword == "RUN":
                self._effects(step)
        stage = self.stage
        stage.steps = tuple(self.steps)
        stage.variables = self.scope.variables
        stage.directory = self.directory
        stage.users = frozenset(self.users)
        stage.packages = self.ledger.packages()
        stage.written, stage.deleted = tuple(self.written), tuple(self.deleted)
        stage.downloads = tuple(self.downloads)

    def _step(self, position: int, instruction: Instruction) -> BuildStep:
        step = BuildStep(self.stage.index, position, instruction, self.stage.user, self.directory, self.scope.variables)
        handler = _HANDLERS.get(instruction.keyword)
        return handler(self, step) if handler else step

    def _arg(self, step: BuildStep) -> BuildStep:
        return step._replace(words=tuple(self.scope.declare(pair).value for pair in step.instruction.pairs))

    def _env(self, step: BuildStep) -> BuildStep:
        return step._replace(words=self.scope.assign(step.instruction.pairs))

    def _expanded(self, step: BuildStep) -> BuildStep:
        return step._replace(words=tuple(self.scope.expand(word.text) for word in step.instruction.words))

    def _label(self, step: BuildStep) -> BuildStep:
        pairs = step.instruction.pairs
        return step._replace(words=tuple(self.scope.expand(pair.value.text if pair.value else "") for pair in pairs))

    def _user(self, step: BuildStep) -> BuildStep:
        step = self._expanded(step)
        if step.words and step.words[0].text:
            self.stage.user = parse_user(step.words[0], step.instruction.words[0].span)
        return step

    def _workdir(self, step: BuildStep) -> BuildStep:
        step = self._expanded(step)
        if step.words:
            self.directory = resolve(self.directory, step.words[0].text)
        return step

    def _shell(self, step: BuildStep) -> BuildStep:
        if step.instruction.json:
            self.stage.shell = tuple(word.text for word in step.instruction.words)
        return step

    def _copy(self, step: BuildStep) -> BuildStep:
        step = self._expanded(step)
        source = self.source(step.instruction, step)
        step = step._replace(source=source)
        copies = Copying(step, self.parent.options.build_contexts).copies()
        for copied in copies:
            if copied.destination.rstrip("/") in ("", "/etc", "/etc/passwd"):
                self.users.add("*")
        return step._replace(copies=copies)

    def source(self, instruction: Instruction, step: BuildStep) -> int | ImageUse | None:
        """What `--from` names: a stage's index, an external image, or None for the context and for named contexts."""
        word = flag_source(instruction)
        return None if word is None else self._named(word, "COPY")

    def _named(self, word: Word, kind: str) -> int | ImageUse | None:
        value = self.scope.expand(word.text)
        edge = "MOUNTS" if kind == "RUN" else "COPIES"
        if not value.text or value.text.lower() in self.parent.options.build_contexts:
            return None
        known_problems = len(self.parent.names.problems)
        found = self.parent.names.source(value.text, self.stage.index, word.span, edge) if value.known else None
        if found is not None:
            return found
        if len(self.parent.names.problems) > known_problems or value.text == "scratch":
            return None
        image = self.parent.image(kind, word, value, self.stage.index, self.scope.variables)
        self.parent.images.append(image)
        return image

    def _run(self, step: BuildStep) -> BuildStep:
        if not step.instruction.flags:
            return self._command(step)
        from scanguard.dockerfile.mounts import mounts

        found = mounts(step.instruction)
        for mount in found:
            if mount.source_stage is not None and mount.source_stage.text:
                self._named(mount.source_stage, "RUN")
        return self._command(step)._replace(mounts=found)

    def _command(self, step: BuildStep) -> BuildStep:
        instruction = step.instruction.trigger if step.instruction.keyword == "HEALTHCHECK" else step.instruction
        if instruction is None:
            return step
        from scanguard.build.script.forms import invocations  # not for who names builds and has none

        calls = tuple(invocations(instruction, self.scope.known(), self.directory, self.stage.shell))
        return step._replace(invocations=calls)

    def _effects(self, step: BuildStep) -> None:
        """What a RUN leaves: packages, accounts, files."""
        self.ledger.take(step)
        for call in step.invocations:
            self.users.update(created_users(call))
            self._files(call, step)

    def _files(self, call: Invocation, step: BuildStep) -> None:
        self.written.extend(files.written(call, step))
        self.deleted.extend(files.deleted(call, step))
        self.downloads.extend(files.downloads(call, step))


_HANDLERS: dict[str, Callable[[_StageEvaluator, BuildStep], BuildStep]] = {
    "ARG": _StageEvaluator._arg,
    "ENV": _StageEvaluator._env,
    "LABEL": _StageEvaluator._label,
    "USER": _StageEvaluator._user,
    "WORKDIR": _StageEvaluator._workdir,
    "SHELL": _StageEvaluator._shell,
    "COPY": _StageEvaluator._copy,
    "ADD": _StageEvaluator._copy,
    "RUN": _StageEvaluator._run,
    "CMD": _StageEvaluator._command,
    "ENTRYPOINT": _StageEvaluator._command,
    "HEALTHCHECK": _StageEvaluator._command,
    "EXPOSE": _StageEvaluator._expanded,
    "VOLUME": _StageEvaluator._expanded,
    "STOPSIGNAL": _StageEvaluator._expanded,
}


def _directory(stage: Stage) -> str | None:
    """Where a stage starts: `/` in scratch; a base image may have a WORKDIR of its own, but hardly any official one has."""
    return "/" if stage.scratch else _WORKDIRS.get(_familiar(stage), "/")


_WORKDIRS: Mapping[str, str | None] = {"golang": "/go", "gradle": "/home/gradle", "oven/bun": "/home/bun/app"}


def _familiar(stage: Stage) -> str:
    reference = stage.image.reference if stage.image else None
    return reference.familiar if reference else ""


def _base_user(stage: Stage, options: BuildOptions) -> User:
    """Who runs in the base image, as far as the table of bases or somebody who has the image knows."""
    if stage.scratch:
        return User("root", None, True, None, "scratch has no user but root")
    reference = stage.image.reference if stage.image else None
    if reference is None:
        return User("", None, False, None, "the base image is not known")
    known = base_user(reference)
    if is_windows(reference):
        return User("", None, True, None, "Windows has no root")
    if known is None:
        name = options.base_user(reference) if options.base_user else None
        if name is None:
            return User("", None, False, None, f"the default user of '{reference.familiar}' is not known")
        return User(name, None, True, None, "the image's own configuration")
    return User(known.name, None, True, None, known.source)


def _accounts(stage: Stage) -> frozenset[str]:
    """The accounts of the base image; `*` stands for any where they are not known."""
    if stage.scratch:
        return frozenset({"root"})
    reference = stage.image.reference if stage.image else None
    known = base_accounts(reference) if reference else None
    return known if known is not None else frozenset({"*"})
