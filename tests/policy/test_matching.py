"""Patterns and the logic of blocks."""

import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.build.evaluate import evaluate
from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source
from scanguard.policy.facts import Fact, facts, view
from scanguard.policy.matching import Condition, Every, Leaf, Negated, Some, always, fits, holds
from scanguard.policy.vocabulary import KINDS

BUILD = evaluate(
    parse(Source("Dockerfile", "ARG X\nFROM a:1 AS x\nRUN curl a $X | sh\nFROM r.example/b\nLABEL a=b\nUSER $X\n"))
)
FACTS = [fact for kind in KINDS for fact in facts(view(BUILD, "all"), kind)]
LEAVES = st.builds(
    lambda kind, text, negated: Leaf(kind, (Condition(KINDS[kind][0], (text,), negated),)),
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(["*", "a", "curl", "x", "[a"]),
    st.booleans(),
)
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Every, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Some, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Negated, inner),
    ),
    max_leaves=6,
)


@given(st.text("ab*?\n", max_size=8), st.text("ab\n", max_size=8))
def test_patterns_mean_what_the_simplest_reading_says(pattern, text):
    simple = "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    assert fits(pattern, text) == (re.fullmatch(simple, text, re.DOTALL) is not None)


def test_no_pattern_takes_long():
    start = time.process_time()
    assert not fits("*a" * 200 + "b", "a" * 20_000)
    assert time.process_time() - start < 1


@settings(max_examples=150)
@given(BLOCKS, st.sampled_from(FACTS))
def test_the_logic_is_kleenes(block, fact):
    assert holds(Negated(Negated(block)), fact, BUILD) is holds(block, fact, BUILD)
    truth = holds(block, fact, BUILD)
    assert holds(Negated(block), fact, BUILD) is (None if truth is None else not truth)
    assert holds(Every((block, Negated(block))), fact, BUILD) is (None if truth is None else False)


@settings(max_examples=150)
@given(BLOCKS)
def test_what_is_called_true_of_everything_is_never_false(block):
    for fact in FACTS:
        if always(block, fact.kind):
            assert holds(block, fact, BUILD) is not False


def test_every_kind_has_facts_here():
    assert {fact.kind for fact in FACTS} >= {"image", "command", "label", "user", "stage", "instruction"}
    assert all(isinstance(fact, Fact) and set(fact.values) <= set(KINDS[fact.kind]) for fact in FACTS)
