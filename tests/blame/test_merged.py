"""One layer for all instructions, whose truth is known: one line is named only where it is the right one."""

from collections import Counter

from hypothesis import given

from scanguard.blame.align import align
from scanguard.blame.nodes import Blame, Certainty, Origin
from scanguard.blame.origin import Trails
from scanguard.build.model import Build
from tests.blame.images import built, lines
from tests.blame.merged import BASE, Case, case
from tests.blame.test_truth import many, seeds

Answer = tuple[Origin, list[int], frozenset[int]]


def answers(one: Case) -> list[Answer]:
    """For each file and each set-id bit of the upper layer: the answer, the steps that it names, and who it was in truth.

    All is asked with the hashes of the files and, of layers that several instructions made, without.
    """
    build = built(one.text)
    blame = align(one.image, build)
    result = _told(one, build, blame, Trails(one.contents, one.hashes))
    if blame.layer(1).certainty is not Certainty.EXACT:
        result += _told(one, build, blame, Trails(one.contents, lambda *_: None))
    return result


def _told(one: Case, build: Build, blame: Blame, trails: Trails) -> list[Answer]:
    result = []
    for held in one.contents[1].entries:
        truth = one.files[f"/{held.path}"]
        asked = [(0, truth.makers)]
        before = one.base[f"/{held.path}"].mode if f"/{held.path}" in one.base else 0
        for at, bit in enumerate((0o4000, 0o2000)):
            if held.mode & bit:
                asked.append((bit, frozenset((truth.setters[at], *((BASE,) if before & bit else ())))))
        for bits, makers in asked:
            origin = trails.trace(blame, held.path, 1, bits)
            result.append((origin, [line - 1 for line in lines(build, origin)], makers))
    return result


@many
@given(seeds)
def test_no_line_is_named_alone_but_the_right_one(seed: int) -> None:
    for origin, named, makers in answers(case(seed)):
        if origin.certainty is Certainty.EXACT:
            assert named and makers.issuperset(named)
        elif origin.certainty is Certainty.BASE:
            assert BASE in makers
        else:
            assert origin.certainty in (Certainty.CANDIDATES, Certainty.SPAN)
            assert BASE in makers or not makers.isdisjoint(named)


def test_many_lines_are_named_alone_all_the_same() -> None:
    counted = Counter(origin.certainty for seed in range(200) for origin, _, _ in answers(case(seed)))
    assert counted[Certainty.EXACT] > counted.total() / 8
