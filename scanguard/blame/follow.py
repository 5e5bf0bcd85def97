"""Files that COPY brought, followed into the stage that they came from."""

import posixpath
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import partial

from scanguard.blame.likely import Likely, folder, spares
from scanguard.blame.links import Links, Means, unmerged
from scanguard.blame.nodes import Blame, Certainty, Origin, Shown
from scanguard.blame.origin import Hashes, Trails
from scanguard.build.model import Build, BuildStep, ImageUse, Stage
from scanguard.build.paths import covers, resolve
from scanguard.build.variables import is_fixed
from scanguard.image.filesystem import FileSystem, merge
from scanguard.image.nodes import Image, Kind, LayerContents
from scanguard.model.finding import Step
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

_MANY = 8


class BuilderImage(NamedTuple):
    """The image of a stage, and what its layers hold. `hashes` is as in `scanguard.blame.origin.Trails`."""

    image: Image
    layers: tuple[LayerContents, ...]
    hashes: Hashes | None = None


class _Known(NamedTuple):
    """A builder's image, read."""

    blame: Blame
    system: FileSystem
    trails: Trails


Aligner = Callable[[Image, Build, Mapping[str, BuilderImage]], Blame]


class Follower:
    """Follows paths through the stages of one build; what it learns of a builder's image it keeps."""

    def __init__(self, build: Build, builders: Mapping[str, BuilderImage], align: Aligner) -> None:
        self.build = build
        self.builders = builders
        self.align = align
        self._known: dict[int, _Known | None] = {}
        self._likely: dict[int, Likely] = {}
        self.anchored = all(
            is_fixed(word, step.variables)
            for stage in build.stages
            for step in stage.steps
            if step.instruction.keyword == "WORKDIR"
            for word in step.words
        )
        self._usual = partial(Links(()).means, layer=0)

    def follow(self, origin: Origin, steps: tuple[BuildStep, ...], path: str, shown: Shown | None = None) -> Origin:
        """The origin of an absolute path, from that of its layer and the steps behind it."""
        if origin.certainty is Certainty.SPAN:
            return self._narrowed(origin, steps, path, shown)
        if origin.certainty is not Certainty.EXACT or len(steps) != 1:
            return origin
        source = steps[0].source
        if isinstance(source, ImageUse):
            return origin._replace(reason=f"Copied from the image {source.value.text}.")
        return origin if source is None else self._stage(origin, steps[0], self.build.stages[source], path, shown)

    def _narrowed(self, origin: Origin, steps: tuple[BuildStep, ...], path: str, shown: Shown | None) -> Origin:
        """Which instructions of one layer may have made a path, the likeliest first; those that cannot have are left out.

        One is named alone only where it is the only one that can.
        """
        means = self._usual if shown is None else shown.means
        found = [step for step in steps if not (self.anchored and spares(step, path, means))]
        if not found:
            return origin
        if shown is not None and shown.fresh and len(found) == 1 and len(steps) == len(origin.spans):
            reason = f"{origin.reason} No other one can have made the file so."
            one = Origin(Certainty.EXACT, (found[0].span,), reason, found[0].stage, origin.layer)
            return self.follow(one, (found[0],), path, shown)
        found.sort(key=lambda step: -max(self._score(step, one) for one in unmerged(path)))
        related: tuple[Step, ...] = ()
        best = found[0]
        if isinstance(best.source, int):
            spans, _ = self._seek(self.build.stages[best.source], sources(best, path), set())
            related = tuple(Step("The file may have been made here.", span) for span in spans)
        places = tuple(step.span for step in found)
        reason = f"{origin.reason} These may have made the file."
        return Origin(Certainty.CANDIDATES, places, reason, best.stage, origin.layer, True, related)

    def _stage(self, origin: Origin, step: BuildStep, stage: Stage, path: str, shown: Shown | None) -> Origin:
        """The origin inside the stage that the file was copied from."""
        asked = shown or Shown(self._usual, fresh=False)
        spelled = _spelled(step, path, asked.means)
        places = tuple(dict.fromkeys(place for one in spelled for place in sources(step, one)))
        return self._exact(origin, step, stage, places, asked) or self._symbolic(origin, step, stage, places)

    def _exact(
        self, origin: Origin, step: BuildStep, stage: Stage, places: tuple[str, ...], asked: Shown
    ) -> Origin | None:
        """By the stage's own image, None where there is none or where it does not hold the file."""
        known = self._builder(stage)
        if known is None:
            return None
        placed = next(filter(None, (known.system.find(place.lstrip("/")) for place in places)), None)
        if placed is None:
            return None
        if asked.size is not None and placed.entry.kind is Kind.FILE and placed.entry.size != asked.size:
            return origin._replace(reason=f"The image that was given for {stage.title} has another file there.")
        name, layer, bits = placed.entry.path, placed.layer, asked.bits
        trails, blame = known.trails, known.blame
        layer = trails.first_bits(name, layer, bits) if bits else trails.first_layer(name, layer)
        inner = blame.path(layer, name, trails.shown(name, layer, bits))
        copied = Step(f"Copied from {stage.title} here.", step.span)
        if inner.certainty is Certainty.BASE:
            below = tuple(Step(f"The base image of {stage.title}.", span) for span in inner.spans)
            return origin._replace(reason=f"Copied from the base image {blame.base} of {stage.title}.", related=below)
        if inner.certainty is Certainty.UNKNOWN:
            return origin._replace(reason=f"Copied from {stage.title}. {inner.reason}")
        return inner._replace(layer=origin.layer, related=(copied, *inner.related))

    def _builder(self, stage: Stage) -> "_Known | None":
        """What is known of a stage by its own image, None where there is no image or where it is of another Dockerfile."""
        builder = self.builders.get(stage.name)
        if builder is None:
            return None
        if stage.index not in self._known:
            blame = self.align(builder.image, self.build._replace(shipped=stage), self.builders)
            trails = Trails(builder.layers, builder.hashes or _unhashed)
            self._known[stage.index] = None if blame.reason else _Known(blame, merge(builder.layers), trails)
        return self._known[stage.index]

    def _symbolic(self, origin: Origin, step: BuildStep, stage: Stage, places: tuple[str, ...]) -> Origin:
        """By the symbolic build: a guess, and marked as such."""
        spans, index = self._seek(stage, places, set())
        if not spans:
            below = (Step(f"{stage.title.capitalize()} begins here.", stage.from_span),)
            reason = f"Copied from {stage.title}, where no instruction names the file."
            return origin._replace(reason=reason, related=below)
        related = (Step(f"Copied from {stage.title} here.", step.span),)
        reason = f"Copied from {stage.title}; told from the Dockerfile, without an image of that stage."
        return Origin(Certainty.CANDIDATES, spans, reason, index, origin.layer, True, related)

    def _score(self, step: BuildStep, path: str) -> int:
        """How likely a step made a path."""
        if step.stage not in self._likely:
            self._likely[step.stage] = Likely(self.build.stages[step.stage])
        return self._likely[step.stage].score(step, path)

    def _seek(self, stage: Stage, places: tuple[str, ...], seen: set[tuple[int, str]]) -> tuple[tuple[Span, ...], int]:
        """The places of the likeliest instructions of a stage and of those below it, and the stage of the first."""
        fresh = tuple(place for place in places if (stage.index, place) not in seen)
        seen.update((stage.index, place) for place in fresh)
        best = 0
        found: list[tuple[BuildStep, Stage, str]] = []
        for one in stage.lineage:
            for step in one.steps:
                for place in fresh:
                    score = self._score(step, place)
                    if score > best:
                        best, found = score, []
                    if score and score == best:
                        found.append((step, one, place))
        result: dict[Span, int] = {}
        for step, one, place in reversed(found[-_MANY:]):
            result.update(self._origins(step, one, place, seen))
        return tuple(result), next(iter(result.values()), stage.index)

    def _origins(self, step: BuildStep, stage: Stage, place: str, seen: set[tuple[int, str]]) -> dict[Span, int]:
        """The instruction itself, or those of the stage that it copies from in its turn."""
        if isinstance(step.source, int):
            spans, index = self._seek(self.build.stages[step.source], sources(step, place), seen)
            if spans:
                return dict.fromkeys(spans, index)
        return {step.span: stage.index}


def _spelled(step: BuildStep, path: str, means: Means) -> tuple[str, ...]:
    """A path as a COPY may have named it, whose destination may lead over links."""
    place = resolve(step.directory, step.words[-1].text) if step.words else None
    if place is None or covers(place, path):
        return (path,)
    return tuple(
        posixpath.join(place, path[len(real) :].lstrip("/")) for real in sorted(means(place)) if covers(real, path)
    )


def _unhashed(_: int, __: str) -> None:
    """The hash of a file that nobody knows."""


def sources(step: BuildStep, path: str) -> tuple[str, ...]:
    """The paths in its source that a COPY may have brought to a path, the likeliest first.

    Whether a source is a file or a directory decides where it lands, and only the image of the stage knows which it is:
    https://docs.docker.com/reference/dockerfile/#copy
    """
    result: dict[str, None] = {}
    for copied in reversed(step.copies):
        source, target, base = copied.source, copied.destination, folder(step, copied)
        name = posixpath.basename(source)
        found: list[str] = []
        if any(mark in name for mark in "*?["):
            found = _pattern(source, base, path)
        elif covers(base, path):
            inside = _below(source, base, path)
            found = [inside, source] if path == posixpath.join(base, name) else [inside]
        if target != base and covers(target, path):
            found.insert(0, _below(source, target, path))
        if any(flag.name == "parents" for flag in step.instruction.flags) and covers(base, path):
            found.insert(0, _below("/", base, path))
        result.update(dict.fromkeys(found))
    return tuple(result)


def _pattern(source: str, base: str, path: str) -> list[str]:
    """What `/dist/*.whl` may have brought: a file of that folder, or what lies in one of its folders, whose name is lost."""
    above, pattern = posixpath.split(source)
    rest = _below("/", base, path).lstrip("/")
    matches = covers(base, path) and fnmatchcase(rest.partition("/")[0], pattern)
    return [posixpath.join(above, rest)] if matches else []


def _below(source: str, target: str, path: str) -> str:
    """The path below a source that belongs to one below its target."""
    rest = path[len(target.rstrip("/")) :].lstrip("/")
    return posixpath.join(source, rest) if rest else source
