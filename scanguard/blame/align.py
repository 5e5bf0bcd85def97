"""The Dockerfile's instructions laid beside the image's history: the answers of blame."""

from collections.abc import Mapping
from types import MappingProxyType

from scanguard.blame.difference import difference
from scanguard.blame.expected import Expected, expected, shells_of
from scanguard.blame.follow import BuilderImage, Follower
from scanguard.blame.history import PADDED, History, read_history
from scanguard.blame.layers import CHANGED, Layers
from scanguard.blame.matching import Matcher
from scanguard.blame.nodes import Blame, Certainty, Origin, Shown
from scanguard.blame.settings import held, sets
from scanguard.build.model import Build
from scanguard.image.nodes import Image

_NO_BUILDERS: Mapping[str, BuilderImage] = MappingProxyType({})


def align(image: Image, build: Build, builders: Mapping[str, BuilderImage] = _NO_BUILDERS) -> Blame:
    """Lay the instructions of the shipped stage, and of those it is built FROM, beside the history of an image.

    `builders` are images of other stages by the stage's name (its index as text where it has none): with them files that
    COPY brought are followed into their stage exactly, without them by the symbolic build. Takes time about linear in
    instructions and entries.
    """
    history = read_history(image, shells_of(image, build))
    own = expected(build, history)
    if history.kaniko:
        own = tuple(one for one in own if one.layered or one.keyword == "WORKDIR")
    layers = Layers(len(image.diff_ids), build, history, _matcher(own, history))
    return Alignment(image, build, layers, builders)


def _matcher(own: tuple[Expected, ...], history: History) -> Matcher:
    """The matcher of all instructions, without those that may leave no entry where the history shows the others only."""
    matcher = Matcher(own, history.lines)
    loud = tuple(one for one in own if not one.quiet)
    if len(loud) == len(own):
        return matcher
    without = Matcher(loud, history.lines)
    pairs = without.pairs()
    if pairs and len(pairs) == len(loud) == without.end - pairs[0].line:
        return without
    every = range(len(history.lines))
    shown = (one for at, one in enumerate(own) if not one.quiet or any(matcher.fits(at, line) for line in every))
    return Matcher(tuple(shown), history.lines)


class Alignment:
    """The answers for one image and one build; fulfils `Blame`, which describes its attributes."""

    def __init__(self, image: Image, build: Build, layers: Layers, builders: Mapping[str, BuilderImage]) -> None:
        self.image = image
        self.build = build
        self.layers = layers
        self.matched = layers.matched
        self.changed = layers.changed
        self.reason = layers.reason
        self.difference = difference(layers, build.dockerfile.source)
        self.base = layers.base
        self.base_layers = layers.base_layers
        self.steps = {one.span: one.step for one in layers.own}
        self.follower = Follower(build, builders, align)

    def layer(self, index: int) -> Origin:
        """Who made a layer, counted from 0."""
        return self.layers.layer(index)

    def path(self, index: int, path: str, shown: Shown | None = None) -> Origin:
        """Who put a path (without a leading `/`) into a layer; files that were copied are followed into their stage."""
        origin = self.layers.layer(index)
        steps = tuple(self.steps[span] for span in origin.spans if span in self.steps)
        return self.follower.follow(origin, steps, f"/{path.lstrip('/')}", shown)

    def entry(self, index: int) -> Origin:
        """Who wrote an entry of the image's history, counted from 0; those that BuildKit adds to fill up are nobody's."""
        entries = self.image.history
        if not 0 <= index < len(entries) or entries[index].comment == PADDED:
            return Origin(Certainty.UNKNOWN, reason=f"The history has no entry {index} of an instruction.")
        return self.layers.entry(sum(one.comment != PADDED for one in entries[:index]))

    def setting(self, instruction: str, key: str = "") -> Origin:
        """Who set a part of the configuration: the last instruction that did where the image agrees, else the base image."""
        if self.reason:
            return Origin(Certainty.UNKNOWN, reason=self.reason)
        keyword = instruction.upper()
        found = [step for step in self.build.shipped_steps() if sets(step, keyword, key)]
        lost = any(
            line.keyword == keyword and at not in self.layers.by_line
            for at, line in enumerate(self.layers.history.lines)
            if at >= self.layers.first
        )
        if not found:
            return Origin(Certainty.UNKNOWN, reason=CHANGED) if lost else self.layers.bottom()
        step = found[-1]
        agrees = held(step, keyword, key, self.image.config)
        if agrees is False:
            return Origin(Certainty.UNKNOWN, reason=f"The {keyword} of the image is not the one of the Dockerfile.")
        sure = agrees or not lost
        certainty = Certainty.EXACT if sure else Certainty.CANDIDATES
        return Origin(certainty, (step.span,), "" if sure else CHANGED, step.stage)
