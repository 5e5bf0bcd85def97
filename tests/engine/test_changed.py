"""Which lines changed, and what follows from them."""

from hypothesis import given
from hypothesis import strategies as st

from scanguard.engine.changed import changed_lines, evaluated, followed, similar
from scanguard.model.location import Source

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
    text = "ARG A=1\nARG B=x$A\nFROM debian AS one\nRUN true\nFROM one AS two\nFROM two\nFROM debian AS other\n"
    source = Source("Dockerfile", text)
    build = evaluated(source)
    assert followed(source, build, frozenset({1})) == (frozenset(), {"A", "B"})
    assert followed(source, build, frozenset({4})) == ({"two", "2"}, frozenset())
    assert followed(source, build, frozenset()) == (frozenset(), frozenset())
    assert followed(source, None, frozenset({1})) == (frozenset(), frozenset())


def test_a_renamed_file_is_the_most_similar_one() -> None:
    text = "FROM a\nRUN b\nRUN c\nRUN d\n"
    candidates = [
        ("none", "x\ny\n"),
        ("half", "FROM a\nRUN b\nRUN x\nRUN y\n"),
        ("most", "FROM a\nRUN b\nRUN c\nRUN z\n"),
    ]
    assert similar(text, candidates) == "most"
    assert similar(text, candidates[:1]) is None
