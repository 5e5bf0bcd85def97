"""Which entry of a history belongs to which instruction of a Dockerfile that may have changed since.

Patience alignment: texts that stand once on both sides are the anchors, and what lies between two anchors is aligned in
the same way. A pair is `sure` only where nothing else would fit as well; what repeats and cannot be told apart stays unpaired.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from scanguard.blame.expected import HOLE, Expected
from scanguard.blame.history import Line
from scanguard.model.record import NamedTuple

_DEEPEST = 60
_MOST_LABELS = 100


class Pair(NamedTuple):
    """The instruction at `own` made the line at `line`; not `sure` where the same text fits elsewhere, too."""

    own: int
    line: int
    sure: bool = True


class _Segment(NamedTuple):
    """Instructions and lines between two anchors; `open` says that lines of the base image may come first."""

    own: tuple[int, int]
    lines: tuple[int, int]
    open: bool
    depth: int = 0


class Matcher:
    """Instructions and lines, each with the class of its text: equal numbers mean equal texts.

    `end` is where the lines of the Dockerfile end: labels of `--label` may follow.
    """

    def __init__(self, own: Sequence[Expected], lines: Sequence[Line]) -> None:
        self.own = own
        self.lines = lines
        forms = _Classes()
        marks = [forms.join(one.forms) for one in own]
        self.own_class = [forms.find(mark) if mark >= 0 else -2 - at for at, mark in enumerate(marks)]
        self.line_class = [forms.look_up(line.readings) for line in lines]
        self._own_places = _places(self.own_class)
        self._line_places = _places(self.line_class)
        self.end = self._end()

    def pairs(self) -> tuple[Pair, ...]:
        """All pairs, in order. Lines from before the last change of hands are the base image's."""
        found = self._pairs(0)
        return self._pairs(self.start(found)) if self.start(found) else found

    def start(self, pairs: Sequence[Pair]) -> int:
        """The first line that was written in the same hand as the last one of the pairs, and so were all between."""
        at = pairs[-1].line if pairs else 0
        while at and self.lines[at - 1].hand == self.lines[at].hand:
            at -= 1
        return at

    def _pairs(self, start: int) -> tuple[Pair, ...]:
        waiting = [_Segment((0, len(self.own)), (start, self.end), open=True)]
        found: list[Pair] = []
        while waiting:
            segment = waiting.pop()
            whole = self._whole(segment)
            if whole is not None:
                found.extend(whole)
                continue
            anchors = self._anchors(segment)
            found.extend(anchors)
            if anchors and segment.depth < _DEEPEST:
                waiting.extend(_between(segment, anchors))
            elif segment.open:
                found.extend(self._latest(segment))
        found.sort()
        if len(found) == len(self.own) and found and self.end - found[0].line == len(found):
            return self._shifted(found)
        return self._doubted(self._alone(found, start))

    def twins(self, line: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The instructions and the lines that say the same as a line; none where no instruction does."""
        mark = self.line_class[line]
        return (self._own_places.get(mark, ()), self._line_places[mark]) if mark >= 0 else ((), ())

    def fits(self, own: int, line: int) -> bool:
        """Whether an instruction may have made a line: the same text, or one that differs only where a value is unknown."""
        readings, instruction = self.lines[line].readings, self.own[own]
        if any(reading in instruction.forms for reading in readings):
            return True
        return any(_matches(pattern, reading) for pattern in instruction.patterns for reading in readings)

    def _end(self) -> int:
        labels = [at for at, one in enumerate(self.own) if one.keyword == "LABEL"]
        end = len(self.lines)
        lowest = max(end - _MOST_LABELS, 0)
        while end > lowest and self.lines[end - 1].keyword == "LABEL":
            if any(self.fits(at, end - 1) for at in labels):
                break
            end -= 1
        return end

    def _whole(self, segment: _Segment) -> list[Pair] | None:
        """Every instruction with every line; at the top, with the last lines, since the base image's come before."""
        low, high = segment.own
        first, last = segment.lines
        surplus = (last - first) - (high - low)
        if surplus < 0 or (surplus and not segment.open):
            return None
        first += surplus
        count = high - low
        if all(self.fits(low + at, first + at) for at in range(count - 1, -1, -1)):
            return [Pair(low + at, first + at) for at in range(count)]
        return None

    def _anchors(self, segment: _Segment) -> list[Pair]:
        """The longest run of pairs whose texts are unique on both sides; what changes files goes before settings."""
        own = _unique((self.own_class[at], at) for at in range(*segment.own))
        lines = _unique((self.line_class[at], at) for at in range(*segment.lines))
        pairs = [Pair(at, lines[mark]) for mark, at in own.items() if mark in lines and self.fits(at, lines[mark])]
        heavy = [pair for pair in pairs if self.own[pair.own].layered]
        return _ascending(sorted(heavy or pairs))

    def _latest(self, segment: _Segment) -> list[Pair]:
        """For a base image built from the same text: the latest lines, and none of it sure."""
        latest = {self.line_class[at]: at for at in range(*segment.lines)}
        own = _unique((self.own_class[at], at) for at in range(*segment.own))
        found = [(at, latest[mark]) for mark, at in own.items() if mark in latest]
        pairs = [Pair(at, line, sure=False) for at, line in found if self.fits(at, line)]
        return _ascending(sorted(pairs))

    def _shifted(self, pairs: list[Pair]) -> tuple[Pair, ...]:
        """Where all agrees, only unknown values leave a doubt: whether the first instructions made the lines before theirs."""
        result = list(pairs)
        for at, pair in enumerate(pairs):
            known = self.own_class[pair.own] == self.line_class[pair.line]
            if known or not pair.line or not self.fits(pair.own, pair.line - 1):
                break
            result[at] = pair._replace(sure=False)
        return tuple(result)

    def _alone(self, pairs: list[Pair], start: int) -> list[Pair]:
        """Take sureness from pairs whose text stands once more, without a partner, on either side."""
        own, lines = {pair.own for pair in pairs}, {pair.line for pair in pairs}
        idle = [at for at in range(len(self.own)) if at not in own]
        strange = [at for at in range(start, self.end) if at not in lines]
        loose = {self.own_class[at] for at in idle} | {self.line_class[at] for at in strange}
        idle = [at for at in idle if self.own[at].patterns]
        result = []
        for pair in pairs:
            twin = self.own_class[pair.own] in loose or any(self.fits(at, pair.line) for at in idle)
            if self.own[pair.own].patterns and not twin:
                twin = any(self.fits(pair.own, at) for at in strange)
            result.append(pair._replace(sure=pair.sure and not twin))
        return result

    def _doubted(self, pairs: list[Pair]) -> tuple[Pair, ...]:
        """Take sureness from a lone first pair with lines after it that no instruction accounts for.

        It may be a line of the base image that says the same as an instruction added since.
        """
        for at in range(1, len(pairs)):
            before, here = pairs[at - 1], pairs[at]
            if here.line - before.line > here.own - before.own:
                if sum(self.own[pair.own].layered for pair in pairs[:at]) > 1:
                    break
                return (*(pair._replace(sure=False) for pair in pairs[:at]), *pairs[at:])
        return tuple(pairs)


class _Classes:
    """Texts that stand for the same: each instruction joins all of its forms."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.parent: list[int] = []

    def find(self, mark: int) -> int:
        while self.parent[mark] != mark:
            self.parent[mark] = self.parent[self.parent[mark]]
            mark = self.parent[mark]
        return mark

    def join(self, forms: Sequence[str]) -> int:
        """One class for all of these texts; -1 for none."""
        mark = -1
        for form in forms:
            here = self.find(self.number[form]) if form in self.number else self._add(form)
            if mark < 0:
                mark = here
            self.parent[here] = mark
        return mark

    def _add(self, form: str) -> int:
        self.number[form] = len(self.parent)
        self.parent.append(len(self.parent))
        return self.number[form]

    def look_up(self, readings: Sequence[str]) -> int:
        """The class of the first text that any instruction has; -1 for none."""
        return next((self.find(self.number[one]) for one in readings if one in self.number), -1)


def _places(classes: list[int]) -> dict[int, tuple[int, ...]]:
    """All places of each class."""
    places: dict[int, list[int]] = {}
    for at, mark in enumerate(classes):
        places.setdefault(mark, []).append(at)
    return {mark: tuple(found) for mark, found in places.items()}


def _unique(items: Iterator[tuple[int, int]]) -> dict[int, int]:
    """Where each class stands that stands once; a negative class is none."""
    places: dict[int, int] = {}
    repeated: set[int] = set()
    for mark, at in items:
        if mark in places:
            repeated.add(mark)
        places[mark] = at
    return {mark: at for mark, at in places.items() if mark >= 0 and mark not in repeated}


def _ascending(pairs: list[Pair]) -> list[Pair]:
    """The longest part of the pairs, sorted by instruction, whose lines ascend too."""
    tails: list[int] = []
    chain: list[int] = []
    before: list[int] = []
    for at, pair in enumerate(pairs):
        place = bisect_left(tails, pair.line)
        before.append(chain[place - 1] if place else -1)
        tails[place : place + 1] = [pair.line]
        chain[place : place + 1] = [at]
    result = []
    at = chain[-1] if chain else -1
    while at >= 0:
        result.append(pairs[at])
        at = before[at]
    return result[::-1]


def _between(segment: _Segment, anchors: list[Pair]) -> Iterator[_Segment]:
    """The segments before, between and after the anchors."""
    low, first = segment.own[0], segment.lines[0]
    for number, anchor in enumerate(anchors):
        yield _Segment((low, anchor.own), (first, anchor.line), segment.open and not number, segment.depth + 1)
        low, first = anchor.own + 1, anchor.line + 1
    yield _Segment((low, segment.own[1]), (first, segment.lines[1]), open=False, depth=segment.depth + 1)


def _matches(pattern: str, text: str) -> bool:
    """Whether a text is the pattern with anything in its holes; takes linear time for each piece."""
    first, *middle, last = pattern.split(HOLE)
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
