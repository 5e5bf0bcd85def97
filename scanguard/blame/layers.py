"""Who made which layer, once instructions and history are paired."""

from bisect import bisect_left
from collections.abc import Iterator

from scanguard.blame.expected import Expected
from scanguard.blame.history import LAYERED, History
from scanguard.blame.matching import Matcher
from scanguard.blame.nodes import Certainty, Origin
from scanguard.blame.wording import likeness
from scanguard.build.model import Build
from scanguard.model.location import Span

# How much of the Dockerfile the history must show, and how much of the history since its first line the Dockerfile.
ENOUGH = 0.6
PLENTY = 0.5
CHANGED = "The Dockerfile has changed since the image was built."
_TWINS = "Another instruction, or another entry of the history, says the same."
_EITHER = "The base image may have made this layer, or an instruction that says the same."
_MANY = 20


class Layers:
    """The layers of one image and the instructions of one build.

    Attributes as in `scanguard.blame.nodes.Blame`. `telling` says whether the history names the step of each layer, `lacking`
    are the instructions without an entry, `strange` the entries since the first of ours that have no instruction.
    """

    def __init__(self, count: int, build: Build, history: History, matcher: Matcher) -> None:
        self.count = count
        self.history = history
        self.own = matcher.own
        self.matcher = matcher
        self.pairs = matcher.pairs()
        self.by_line = {pair.line: pair for pair in self.pairs}
        self.by_own = {pair.own: pair for pair in self.pairs}
        self.first = self.pairs[0].line if self.pairs else len(history.lines)
        self.base, self.base_span, self.base_stage, self.scratch = _base(build)
        self.telling = self._tells()
        self.matched = self._matched()
        self.reason = self._reason() if build.shipped is not None else "The Dockerfile has no stage."
        self.doubtful = self._doubtful() if not self.reason else {}
        self.lacking = tuple(at for at, one in enumerate(self.own) if self._lacks(at, one))
        self.strange = tuple(at for at in range(self.first, matcher.end) if at not in self.by_line)
        doubt = any(not pair.sure for pair in self.pairs)
        self.changed = not self.reason and (doubt or bool(self.lacking or self.strange))
        self.base_layers = self._base_layers()

    def _matched(self) -> float:
        """How much of the Dockerfile the history shows."""
        needed = [at for at, one in enumerate(self.own) if at in self.by_own or not self._may_lack(one, "WORKDIR")]
        return len(self.by_own) / len(needed) if needed else float(not self.own)

    def _may_lack(self, one: Expected, *keywords: str) -> bool:
        """Whether the builder leaves no entry for such an instruction where it changes nothing."""
        return self.history.kaniko and one.keyword in keywords

    def _reason(self) -> str:
        """Why nothing can be told; empty where something can."""
        made = len(self.history.made)
        if self.own and not any(line.keyword for line in self.history.lines):
            return "The image has no history that names instructions."
        layered = any(one.layered for one in self.own)
        if self.matched < ENOUGH or (layered and not any(self.own[pair.own].layered for pair in self.pairs)):
            return self._foreign(f"its history shows {len(self.pairs)} of {len(self.own)} instructions")
        sure = [pair.line for pair in self.pairs if pair.sure]
        entries = self.matcher.end - sure[0] if sure else 0
        if len(sure) < PLENTY * entries:
            return self._foreign(f"{entries - len(sure)} of {entries} entries of its history are no instruction of it")
        if self.history.offset is None:
            return f"The image has {self.count} layers, but its history speaks of {made}."
        return ""

    def _foreign(self, shown: str) -> str:
        """What it means that image and Dockerfile have little in common; of a squashed image it means nothing."""
        subject = "was not built from" if self.telling else "cannot be compared with"
        return f"The image {subject} this Dockerfile: {shown}."

    def _tells(self) -> bool:
        """Whether the history names the step of each layer: a single layer may be anything that was squashed into it.

        The lowest ones need no name: `docker import` and builders of base images write none.
        """
        lines = self.history.lines
        named = [lines[at].keyword in (*LAYERED, "WORKDIR") for at in self.history.made]
        return self.count > 1 and self.history.offset == 0 and any(named) and all(named[named.index(True) :])

    def _lacks(self, at: int, one: Expected) -> bool:
        return at not in self.by_own and not self._may_lack(one, "RUN", "WORKDIR")

    def _doubtful(self) -> dict[int, tuple[int, ...]]:
        """Lines below the first pair that may be ours all the same, each with the instructions that may have made it.

        Those are lines that say what an instruction without a sure partner says, and lines that stand where instructions
        that changed must have been, as long as the keywords agree, or their number.
        """
        loose = {at for at in range(len(self.own)) if at not in self.by_own or not self.by_own[at].sure}
        open_ended = [at for at in sorted(loose) if self.own[at].patterns]
        found = {}
        for line in range(self.matcher.start(self.pairs), self.first):
            places = [at for at in self.matcher.twins(line)[0] if at in loose]
            places += [at for at in open_ended if self.matcher.fits(at, line)]
            if places:
                found[line] = tuple(dict.fromkeys(places))
        own, line = (self.pairs[0].own, self.first) if self.pairs else (0, 0)
        while own and line and self.own[own - 1].keyword == self.history.lines[line - 1].keyword:
            own, line = own - 1, line - 1
            found.setdefault(line, (own,))
        lost = self._lost()
        return {**dict.fromkeys(self._below(len(lost)), lost), **found}

    def _lost(self) -> tuple[int, ...]:
        """The instructions before the first pair that change files, each of which has lost its entry or never had one."""
        before = range(self.pairs[0].own if self.pairs else 0)
        return tuple(at for at in before if self.own[at].layered and self._lacks(at, self.own[at]))

    def _below(self, count: int) -> Iterator[int]:
        """The lines right below the first pair, down to that many that change files; the lowest layer is the base image's."""
        lines, made = self.history.lines, self.history.made
        lowest = made[0] if made and not self.history.offset and not self.scratch else -1
        for line in range(self.first - 1, max(self.matcher.start(self.pairs) - 1, lowest), -1):
            if not count:
                break
            if lines[line].layered or not lines[line].empty:
                yield line
                count -= lines[line].keyword != "WORKDIR"

    def _base_layers(self) -> int | None:
        offset = self.history.offset
        if self.reason or offset is None:
            return None
        if self.scratch:
            return 0
        unsure = bool(self.pairs) and not self.pairs[0].sure
        if unsure or any(not self.history.lines[line].empty for line in self.doubtful):
            return None
        return offset + bisect_left(self.history.made, self.first) or None

    def layer(self, index: int) -> Origin:
        """Who made a layer, counted from 0."""
        return self._layer(index)._replace(layer=index)

    def _layer(self, index: int) -> Origin:
        offset = self.history.offset
        if self.reason or offset is None:
            return Origin(Certainty.UNKNOWN, reason=self.reason)
        if not 0 <= index < self.count:
            return Origin(Certainty.UNKNOWN, reason=f"The image has no layer {index}.")
        if index < offset:
            return self.bottom("The history has no entry for this layer, which lies below those of the Dockerfile.")
        line = self.history.made[index - offset]
        if line < self.first:
            return self._before(line)
        if index == 0 and not self.scratch:
            return Origin(Certainty.UNKNOWN, reason="The image is squashed: the base image is in this layer, too.")
        start = self.history.made[index - offset - 1] + 1 if index > offset else 0
        found = self._made(line, start)
        return _counted(found) if offset else found

    def entry(self, line: int) -> Origin:
        """Who wrote a line of the history, whether it made a layer or not."""
        if self.reason:
            return Origin(Certainty.UNKNOWN, reason=self.reason)
        return self._single(line) if line >= self.first else self._before(line)

    def bottom(self, reason: str = "") -> Origin:
        """What the base image brought."""
        if self.scratch or self.base_span is None:
            return Origin(Certainty.UNKNOWN, reason="No instruction of the Dockerfile made this.")
        return Origin(Certainty.BASE, (self.base_span,), reason, self.base_stage)

    def _before(self, line: int) -> Origin:
        """A layer below the first one that surely belongs to the Dockerfile."""
        places = self.doubtful.get(line, ())
        if not places:
            return self.bottom()
        found = [self.own[at] for at in places[:_MANY]]
        base = () if self.scratch or self.base_span is None else (self.base_span,)
        return Origin(Certainty.CANDIDATES, (*(one.span for one in found), *base), self._why(line), found[0].step.stage)

    def _why(self, line: int) -> str:
        return _EITHER if self.loose_twins(line) or not self.changed else CHANGED

    def _made(self, line: int, start: int) -> Origin:
        """The instructions whose changes are in the layer of a line; where builders merge, those of the lines before it."""
        lines = self.history.lines
        group = [line] if lines[line].layered else []
        if lines[line].merging or lines[line].keyword not in (*LAYERED, "WORKDIR"):
            ours = [at for at in range(start, line) if at >= self.first or at in self.doubtful]
            group = [*(at for at in ours if lines[at].layered), *group]
            group = group or [at for at in ours if lines[at].keyword == "WORKDIR"]
        group = group or [line]
        if len(group) == 1:
            return self._single(group[0])
        return _together([self._single(at) for at in group])

    def _single(self, line: int) -> Origin:
        """The instruction of one line."""
        pair = self.by_line.get(line)
        if pair is not None:
            one = self.own[pair.own]
            if pair.sure:
                return Origin(Certainty.EXACT, (one.span,), stage=one.step.stage)
            spans = (one.span, *(self.own[at].span for at in self.loose_twins(line) if at != pair.own))
            return Origin(Certainty.CANDIDATES, spans[:_MANY], _TWINS, one.step.stage)
        moved = self._moved(line)
        if moved is None:
            return self._replaced(line)
        one = self.own[moved]
        return Origin(
            Certainty.EXACT, (one.span,), "The instruction has moved since the image was built.", one.step.stage
        )

    def loose_twins(self, line: int) -> list[int]:
        """The instructions that say what a line says and that have no sure partner."""
        return [at for at in self.matcher.twins(line)[0] if at not in self.by_own or not self.by_own[at].sure]

    def _moved(self, line: int) -> int | None:
        """The one RUN that says the same as this one line, where both are without a partner; entries of COPY say too little."""
        if line in self.by_line or self.history.lines[line].keyword != "RUN":
            return None
        own, lines = self.matcher.twins(line)
        return own[0] if len(own) == len(lines) == 1 and own[0] not in self.by_own else None

    def _replaced(self, line: int) -> Origin:
        """The instructions of the same text, and those of the same kind where the line's own one must have been.

        The likest come first.
        """
        place = bisect_left(self.pairs, (0, line), key=lambda pair: (0, pair.line))
        below = self.pairs[place - 1].own if place else -1
        above = self.pairs[place].own if place < len(self.pairs) else len(self.own)
        here = self.history.lines[line]
        gap = [at for at in range(below + 1, above) if at not in self.by_own and self.own[at].keyword == here.keyword]
        found = [self.own[at] for at in dict.fromkeys((*self.loose_twins(line), *gap))]
        if not found:
            return Origin(Certainty.UNKNOWN, reason="No instruction of the Dockerfile made this layer.")
        if len(found) > _MANY:
            return Origin(Certainty.UNKNOWN, reason=f"{CHANGED} One of {len(found)} instructions made this layer.")
        found.sort(key=lambda one: -likeness(one.forms, here.readings))
        return Origin(Certainty.CANDIDATES, tuple(one.span for one in found), CHANGED, found[0].step.stage)


def _together(origins: list[Origin]) -> Origin:
    """One layer of several instructions."""
    spans = tuple(dict.fromkeys(span for origin in origins for span in origin.spans))
    stage = next((origin.stage for origin in origins if origin.spans), None)
    if all(origin.certainty is Certainty.EXACT for origin in origins):
        return Origin(Certainty.SPAN, spans, "The builder made one layer of these instructions.", stage)
    if not spans:
        return origins[0]
    return Origin(Certainty.CANDIDATES, spans, f"The builder made one layer of several instructions. {CHANGED}", stage)


def _counted(origin: Origin) -> Origin:
    """What is known only by counting layers from the top is no fact."""
    if origin.certainty is not Certainty.EXACT:
        return origin
    reason = "The history has entries for some layers only; this one is counted from the top."
    return origin._replace(certainty=Certainty.CANDIDATES, reason=reason)


def _base(build: Build) -> tuple[str, Span | None, int | None, bool]:
    """The base image's name, its place, its stage, and whether it is `scratch`."""
    if build.shipped is None:
        return "", None, None, False
    bottom = build.shipped.lineage[0]
    name = bottom.image.value.text if bottom.image else bottom.node.image.text
    return name, bottom.from_span, bottom.index, bottom.scratch
