"""Blame against builders whose truth is known: no exact answer may be wrong, whatever was edited since.

SCANGUARD_BLAME_CASES says how many random cases each test takes.
"""

import os

from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.blame.align import align
from scanguard.blame.nodes import Certainty, Origin
from scanguard.build.evaluate import BuildOptions, evaluate
from scanguard.build.model import Build
from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source
from tests.blame.builders import Case, Line, case

CASES = int(os.environ.get("SCANGUARD_BLAME_CASES", "300"))
many = settings(max_examples=CASES)
seeds = st.integers(0, 1 << 48)


def evaluated(one: Case, *, told: bool) -> Build:
    """The Dockerfile as it is now, with the build arguments of the image where the user has `told` them."""
    text, _ = one.dockerfile()
    return evaluate(parse(Source("Dockerfile", text)), BuildOptions(build_args=one.given if told else {}))


def answers(one: Case, *, told: bool) -> list[tuple[int, Origin, list[int]]]:
    """For each layer its maker, the answer, and the instructions that the answer names (0 for a FROM)."""
    _, starts = one.dockerfile()
    build = evaluated(one, told=told)
    assert not build.dockerfile.errors, build.dockerfile.errors
    blame = align(one.image, build)
    source = build.dockerfile.source
    result = []
    for layer, maker in enumerate(one.truth):
        origin = blame.layer(layer)
        result.append((maker, origin, [starts.get(source.line_of(span.start), 0) for span in origin.spans]))
    return result


@many
@given(seeds, st.booleans())
def test_every_layer_of_an_image_of_this_dockerfile_is_told(seed: int, told: bool) -> None:
    one = case(seed, edits=0)
    for maker, origin, named in answers(one, told=told):
        if origin.certainty is Certainty.EXACT:
            assert named == [maker]
        elif origin.certainty is Certainty.BASE:
            assert (named, maker) == ([0], 0)
        else:
            assert one.builder == "kaniko" or _unclear(one)


@many
@given(seeds, st.booleans())
def test_an_image_of_this_dockerfile_is_never_said_to_differ(seed: int, told: bool) -> None:
    one = case(seed, edits=0)
    blame = align(one.image, evaluated(one, told=told))
    # kaniko leaves out settings and what changed nothing: of a few equal commands too little may be left to compare.
    assert blame.difference == "" or (one.builder == "kaniko" and blame.reason)


def _unclear(one: Case) -> bool:
    """Whether a value with blanks cannot be told from a command, or an unknown one from the base image's line before it."""
    first = next(iter(one.built.values()))
    return any(" " in value for value in one.given.values()) or "$" in first.text


@many
@given(seeds, st.integers(1, 5), st.booleans())
def test_no_exact_answer_is_wrong_after_edits(seed: int, edits: int, told: bool) -> None:
    one = case(seed, edits=edits)
    now = {line.number: line for stage in one.stages for line in stage}
    for maker, origin, named in answers(one, told=told):
        if origin.certainty is Certainty.EXACT:
            assert named == [maker] or _alike(one, now[named[0]], maker)
        elif origin.certainty is Certainty.BASE and maker and maker not in one.touched:
            assert any(_alike(one, one.built[other], maker) for other in one.touched & one.built.keys())
        elif origin.certainty is Certainty.BASE and maker and one.builder != "kaniko":
            # As many layers as instructions that changed: one that still changes files did not come with the base image.
            assert one.lost


def _alike(one: Case, line: Line, maker: int) -> bool:
    """Whether the history cannot tell a line from the maker: equal ones, of which one was inserted, moved, changed or deleted.

    The base image (maker 0) holds copies of instructions of the Dockerfile, in some cases.
    """
    equal = {other.number for other in one.built.values() if one.shown(other) == one.shown(line)}
    edited = line.number not in one.built or not one.touched.isdisjoint(equal | {line.number})
    return edited and (maker in equal or (not maker and bool(equal)))
