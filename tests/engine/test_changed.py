"""Which lines changed, and what follows from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.engine.changed import Change, caused, changed_lines, evaluated, followed, similar
from scanguard.model.finding import Finding, Suppression
from scanguard.model.location import Region, Source, Span
from scanguard.model.rule import Confidence, Rule, Severity

LINES = st.lists(st.sampled_from(["FROM a", "RUN b", "", "USER c", "# d"]), max_size=12)


def test_lines_that_differ_and_lines_that_are_new() -> None:
    assert changed_lines("a\nb\nc\n", "a\nx\nc\n") == {2}
    assert changed_lines("a\nc\n", "a\nb\nc\n") == {2}
    assert changed_lines("a\nb\nc\n", "a\nc\n") == frozenset()
    assert changed_lines("a\r\nb  \r\n", "a\nb\n") == frozenset()
    assert changed_lines("", "a\nb") == {1, 2}
    assert changed_lines("a\n" * 3000 + "b\n" * 3000, "b\n" + "c\n" * 3000 + "b\n") == frozenset(range(1, 3002))


@given(LINES, LINES)
def test_what_is_left_without_the_changed_lines_was_there_before(old: list[str], new: list[str]) -> None:
    changed = changed_lines("\n".join(old), "\n".join(new))
    kept = iter(["\n".join(old).split("\n")][0])
    rest = [line for number, line in enumerate("\n".join(new).split("\n"), 1) if number not in changed]
    assert all(any(line == other for other in kept) for line in rest)
    assert changed_lines("\n".join(new), "\n".join(new)) == frozenset()


def test_base_stages_and_variables_are_followed() -> None:
    text = "ARG A=1\nARG B=x$A\nFROM debian:$B AS one\nRUN true\nFROM one AS two\nFROM two\nFROM debian AS other\n"
    source = Source("Dockerfile", text)
    build = evaluated(source)
    assert followed(source, build, frozenset({1})) == (frozenset(), {2, 3})
    assert followed(source, build, frozenset({4})) == ({"two", "2"}, frozenset())
    assert followed(source, build, frozenset()) == (frozenset(), frozenset())
    assert followed(source, None, frozenset({1})) == (frozenset(), frozenset())


@pytest.mark.parametrize("name", ["TAG", "TA", "TAGS"])
def test_the_lines_of_an_instruction_use_a_variable_by_its_whole_name(name: str) -> None:
    source = Source("Dockerfile", f"ARG {name}=1\nFROM debian:${{TAG}}\nRUN one \\\n && two $TAG\n")
    assert followed(source, evaluated(source), frozenset({1}))[1] == ({2, 3, 4} if name == "TAG" else set())


def test_a_renamed_file_is_the_most_similar_one() -> None:
    text = "FROM a\nRUN b\nRUN c\nRUN d\n"
    candidates = [
        ("none", "x\ny\n"),
        ("half", "FROM a\nRUN b\nRUN x\nRUN y\n"),
        ("most", "FROM a\nRUN b\nRUN c\nRUN z\n"),
    ]
    assert similar(text, candidates) == "most"
    assert similar(text, candidates[:1]) is None


RULE = Rule("SGD999", "example-rule", "hygiene", Severity.HIGH, "An example.", "An example.")


def finding(line: int, **fields: object) -> Finding:
    where = Region(line, 1, line, 5)
    made = Finding(
        RULE, Severity.HIGH, Confidence.HIGH, "A fact.", "Dockerfile", where, "0", (), (), Span(0, 4), "RUN x"
    )
    return made._replace(lines=(line, line), **fields)


def test_what_is_caused() -> None:
    one, other = finding(2), finding(4)
    assert caused([one, other], None) == ()
    assert caused([one, other], Change(everything=True)) == (one, other)
    assert caused([one, other], Change(lines=frozenset({4}), before=(one,))) == (other,)
    assert caused([one, other], Change(before=(one, other))) == ()
    assert caused([one, other], Change(before=(one,))) == (other,)
    assert caused([one], Change(before=(one._replace(message="Another fact."),))) == (one,)
    assert caused([one], Change(before=(one,), stages=frozenset({"0"}))) == (one,)
    assert caused([one], Change(before=(one._replace(suppressions=(Suppression("inline", "so"),)),))) == (one,)


def test_a_finding_of_an_image_is_judged_by_its_lines() -> None:
    """Nothing is known of the image that there was before."""
    image = finding(2, image="app", origin="exact")
    assert caused([image], Change()) == ()
    assert caused([image], Change(lines=frozenset({2}))) == (image,)


def test_a_finding_of_an_image_without_a_dockerfile_has_no_line_to_judge_it_by() -> None:
    image, other = finding(1, image="app"), finding(1)
    assert caused([image, other], None) == (image,)
    assert caused([image], Change(lines=frozenset({2}))) == (image,)


@pytest.mark.parametrize("image", ["", "app"])
def test_a_used_variable_is_a_cause(image: str) -> None:
    """Also of what is found in an image: a base image's vulnerabilities come by the ARG that names it."""
    user = finding(2, image=image, origin="base" if image else "")
    assert caused([user], Change(before=(user,), users=frozenset({2}))) == (user,)
    assert caused([user], Change(before=(user,), users=frozenset({3}))) == ()


def test_what_an_image_confirms_was_there_before_though_it_was_milder() -> None:
    before = finding(2)
    graver = before._replace(severity=Severity.CRITICAL)
    confirmed = graver._replace(facts=(("confirmed by the image", "app"),))
    assert caused([graver], Change(before=(before,))) == (graver,)
    assert caused([confirmed], Change(before=(before,))) == ()
    assert caused([confirmed, confirmed], Change(before=(before,))) == (confirmed,)


def test_what_an_image_refutes_was_there_before_though_nothing_refuted_it() -> None:
    before = finding(2)._replace(severity=Severity.HIGH)
    note = before._replace(severity=Severity.NOTE)
    facts = (("refuted by the image", "app runs as '1'"),)
    refuted = note._replace(message=f"{before.message} Refuted by the image.", facts=facts)
    assert caused([note], Change(before=(before,))) == (note,)
    assert caused([refuted], Change(before=(before,))) == ()
