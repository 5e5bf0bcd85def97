"""Secret files in the layers of a build: what brings them, what a later layer takes away, and how they get on."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from scanguard.build.model import Build, BuildStep, Copied, Deleted, Stage, Written
from scanguard.build.paths import covers
from scanguard.build.secret_files import FileKind, file_kind, is_public_place, is_sample
from scanguard.model.finding import Step
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

_HARMLESS_WRITERS = frozenset({"touch", "mkdir", "ln", "truncate", "mkfifo"})
# How many places a file is followed to before we give up.
_MOST = 100
_DIRECTORIES = frozenset({".ssh", ".aws", ".kube", ".gnupg", ".azure"})


class SecretFile(NamedTuple):
    """A secret file in a layer. `how` is `copied` or `written`; `source` is its name in the context, or empty."""

    kind: FileKind
    path: str
    source: str
    how: str
    span: Span
    step: BuildStep


class Guess(NamedTuple):
    """A secret file that a RUN removes after a COPY of a whole directory most likely brought it."""

    kind: FileKind
    deleted: Deleted
    copied: Copied
    step: BuildStep


def secret_files(build: Build) -> Iterator[SecretFile]:
    """The secret files that instructions bring or RUNs write, stage by stage."""
    for stage in build.stages:
        for step in stage.steps:
            for copied in step.copies:
                found = _copied(copied, step)
                if found is not None:
                    yield found
            if step.instruction.heredocs and step.instruction.keyword in ("COPY", "ADD"):
                yield from _heredocs(step)
        for written in stage.written:
            kind = None if written.how in _HARMLESS_WRITERS else file_kind(written.path)
            if kind is not None and not _from_sample(written):
                yield SecretFile(kind, written.path, "", "written", written.span, written.step)


def _from_sample(written: Written) -> bool:
    """Whether the file is made from one that only shows how it looks: `cp .env.example .env`."""
    for call in written.step.invocations:
        if call.name == written.how and any(argument.span == written.span for argument in call.arguments):
            return any(is_sample(word.rpartition("/")[2]) for word in call.words)
    return False


def _copied(copied: Copied, step: BuildStep) -> SecretFile | None:
    """A file out of the context, secret by its name there or by the name that it gets."""
    if copied.origin not in ("context", "named-context"):
        return None
    kind = file_kind(copied.source)
    if kind is None and not is_sample(copied.source.rstrip("/").rpartition("/")[2]):
        kind = _renamed(copied)
    if kind is None or is_public_place(copied.destination):
        return None
    return SecretFile(kind, copied.destination, copied.source, "copied", copied.span, step)


def _renamed(copied: Copied) -> FileKind | None:
    """A destination's name counts where a single file gets it; a directory of that name may get anything."""
    last = copied.destination.rpartition("/")[2]
    if last in _DIRECTORIES or copied.source in (".", "./"):
        return None
    return file_kind(copied.destination)


def _heredocs(step: BuildStep) -> Iterator[SecretFile]:
    """Files whose text stands in the Dockerfile: the name of the destination counts."""
    for heredoc in step.instruction.heredocs:
        target = step.words[-1].text if step.words else ""
        path = f"{target}{heredoc.name}" if target.endswith("/") else target
        kind = file_kind(path)
        if kind is not None and heredoc.content.strip():
            absolute = path if path.startswith("/") else f"{step.directory or ''}/{path}"
            yield SecretFile(kind, absolute, "", "copied", heredoc.operator, step)


class Removals:
    """The deletions of a build, by path: asked for every secret file, so that no question looks at all of them."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.paths: dict[str, dict[int, list[Deleted]]] = {}
        self.ends: dict[str, dict[int, list[Deleted]]] = {}
        for stage in build.stages:
            moved = _moved(stage)
            for deleted in stage.deleted:
                if deleted.span in moved:
                    continue
                path = self.paths.setdefault(deleted.path.rstrip("/"), {})
                path.setdefault(stage.index, []).append(deleted)
        globs = [path for path in self.paths if any(mark in path for mark in "*?[")]
        self.globs = [(path[: min(path.find(mark) for mark in "*?[" if mark in path)], path) for path in globs]

    def later(self, step: BuildStep, path: str) -> Deleted | None:
        """What removes a path, or a directory above it, in a later layer of the stage or of one built FROM it."""
        if not self.paths:
            return None
        parent = path
        while parent:
            if parent in self.paths:
                found = self._first(self.paths[parent], step)
                if found is not None:
                    return found
            parent = parent.rpartition("/")[0]
        matching = (self._first(self.paths[glob], step) for head, glob in self.globs if _matches(path, head, glob))
        return next((found for found in matching if found is not None), None)

    def later_end(self, step: BuildStep, end: str) -> Deleted | None:
        """What removes, in a later layer, a file of whose path only the end is known."""
        return self._first(self._ending(end), step)

    def at_once(self, step: BuildStep, end: str) -> bool:
        """Whether the very RUN that makes a file, of whose path the end is known, removes it."""
        here = self._ending(end).get(step.stage, [])
        at = bisect_left(here, step.position, key=_position)
        return at < len(here) and here[at].step.position == step.position

    def _ending(self, end: str) -> dict[int, list[Deleted]]:
        known = self.ends.get(end)
        if known is None:
            known = self.ends[end] = {}
            for path, stages in self.paths.items():
                if _removes_end(path, end):
                    for stage, deleted in stages.items():
                        known[stage] = sorted([*known.get(stage, []), *deleted], key=_position)
        return known

    def _first(self, stages: dict[int, list[Deleted]], step: BuildStep) -> Deleted | None:
        """The first deletion after a step: in its own stage, else in one that is built FROM it."""
        here = stages.get(step.stage, [])
        at = bisect_right(here, step.position, key=_position)
        if at < len(here):
            return here[at]
        below = (stage for stage in stages if stage != step.stage and is_below(self.build, step.stage, stage))
        return next((stages[stage][0] for stage in below), None)


def _moved(stage: Stage) -> frozenset[Span]:
    """The old names of files that `mv` gives a new one: they are not gone."""
    steps = {deleted.step.position: deleted.step for deleted in stage.deleted}
    calls = (call for step in steps.values() for call in step.invocations if call.name == "mv")
    return frozenset(argument.span for call in calls for argument in call.arguments)


def _matches(path: str, head: str, glob: str) -> bool:
    if not path.startswith(head):
        return False
    from fnmatch import fnmatchcase

    return fnmatchcase(path, glob)


def _position(deleted: Deleted) -> int:
    return deleted.step.position


def _removes_end(deleted: str, end: str) -> bool:
    """Whether a path, or its directory where `end` has one, goes away."""
    deleted = deleted.rstrip("/*")
    directory, _, _ = end.rpartition("/")
    return deleted.endswith(f"/{end}") or (bool(directory) and deleted.endswith(f"/{directory}"))


def is_below(build: Build, below: int, stage: int) -> bool:
    """Whether a stage is the other one or built FROM it."""
    at: Stage | None = build.stages[stage]
    while at is not None and at.index != below:
        at = at.base
    return at is not None


def guesses(build: Build) -> Iterator[Guess]:
    """Secret files that a RUN removes and that no instruction named: `COPY .` has most likely brought them."""
    for stage in build.stages:
        for deleted in stage.deleted:
            kind = file_kind(deleted.path)
            if kind is not None and "*" not in deleted.path:
                brought = _brought(stage, deleted)
                if brought is not None:
                    yield Guess(kind, deleted, *brought)


def _brought(stage: Stage, deleted: Deleted) -> tuple[Copied, BuildStep] | None:
    """The COPY of a directory of the context, in an earlier layer, into whose destination the path falls."""
    if any(written.path == deleted.path for written in stage.written):
        return None
    for step in reversed(stage.steps[: deleted.step.position]):
        for copied in step.copies:
            whole = copied.source.rstrip("/") in ("", ".", "*") and copied.origin == "context"
            if whole and copied.destination not in ("/", "") and covers(copied.destination, deleted.path):
                return copied, step
    return None


class Onward:
    """How files of stages that do not ship come into the shipped one through `COPY --from`."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.copies: dict[int, list[tuple[Copied, Stage]]] = {}
        for stage in build.stages:
            for step in stage.steps:
                if isinstance(step.source, int):
                    self._add(step.source, [(copied, stage) for copied in step.copies if copied.origin == "stage"])

    def _add(self, source: int, copies: list[tuple[Copied, Stage]]) -> None:
        """What is copied from a stage may come from every stage below it."""
        at: Stage | None = self.build.stages[source]
        while at is not None:
            self.copies.setdefault(at.index, []).extend(copies)
            at = at.base

    def way(self, stage: int, path: str) -> tuple[Step, ...]:
        """The steps by which a path of a stage gets into the shipped image, none where it does not."""
        seen: set[tuple[int, str]] = set()
        waiting: list[tuple[int, str, tuple[Step, ...]]] = [(stage, path, ())]
        while waiting:
            index, here, steps = waiting.pop(0)
            for copied, other in self.copies.get(index, ()):
                if not covers(copied.source, here):
                    continue
                gone = (*steps, Step(f"{other.title} copies '{copied.source}' from it", copied.span))
                if self.build.ships(other.index):
                    return (*gone, *self.build.way(other.index))
                landed = copied.destination.rstrip("/") + here[len(copied.source.rstrip("/")) :]
                if (other.index, landed) not in seen and len(seen) < _MOST:
                    seen.add((other.index, landed))
                    waiting.append((other.index, landed, gone))
        return ()
