"""ARG and ENV as BuildKit scopes them: https://docs.docker.com/build/building/variables/."""

import pytest

from scanguard.build.model import Build, Value
from tests.build.builds import build, stage, written_as


def label(text: str, **build_args: str) -> Value:
    """What the last LABEL of the last stage is worth."""
    steps = [step for step in stage(text, **build_args).steps if step.instruction.keyword == "LABEL"]
    return steps[-1].words[-1]


def sources(built: Build) -> dict[str, tuple[str, str | None, str]]:
    """The variables at the end of the last stage: kind, the text that set it, value."""
    found = built.stages[-1].variables
    return {name: (one.kind, written_as(built, one.span), one.value.text) for name, one in found.items()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ARG A=1\nFROM scratch\nLABEL a=$A", Value("", True, ())),
        ("ARG A=1\nFROM scratch\nARG A\nLABEL a=$A", Value("1", True, ("A",))),
        ("ARG A=1\nFROM scratch\nARG A=2\nLABEL a=$A", Value("2", True, ("A",))),
        ("ARG A=1\nFROM scratch AS one\nARG A\nFROM scratch\nLABEL a=$A", Value("", True, ())),
        ("ARG A=1\nARG A=3\nFROM scratch\nARG A\nLABEL a=$A", Value("3", True, ("A",))),
        ("ARG A=1\nARG B=$A-2\nFROM scratch\nARG B\nLABEL a=$B", Value("1-2", True, ("B", "A"))),
        ("ARG B=$A-2\nARG A=1\nFROM scratch\nARG B\nLABEL a=$B", Value("$B", False, ("B", "A"))),
        ("FROM scratch\nARG A=1\nENV A=2\nLABEL a=$A", Value("2", True, ("A",))),
        ("FROM scratch\nENV A=2\nARG A=1\nLABEL a=$A", Value("2", True, ("A",))),
        ("FROM scratch\nENV a=1\nENV a=2 b=$a\nLABEL a=$b", Value("1", True, ("b", "a"))),
        ("FROM scratch\nENV a=1 b=$a\nLABEL a=x${b}y", Value("xy", True, ("b",))),
        ("FROM scratch\nARG a=1 b=$a\nLABEL a=$b", Value("1", True, ("b", "a"))),
        ("FROM scratch\nENV a hello world\nLABEL a=$a", Value("hello world", True, ("a",))),
        ("FROM scratch AS one\nENV A=1\nFROM one\nLABEL a=$A", Value("1", True, ("A",))),
        ("FROM scratch AS one\nARG A=1\nFROM one\nLABEL a=$A", Value("1", True, ("A",))),
        ("FROM scratch AS one\nARG A=1\nFROM scratch\nLABEL a=$A", Value("", True, ())),
        ("FROM scratch\nARG A=1\nLABEL a='$A'", Value("$A", True, ())),
        ('FROM scratch\nARG A=1\nLABEL a="$A b"', Value("1 b", True, ("A",))),
        ("FROM scratch\nARG A=1\nLABEL a=\\$A", Value("$A", True, ())),
        ("FROM scratch\nARG A=1\nLABEL a=${A:+set}", Value("set", True, ("A",))),
        ("FROM scratch\nARG A=1.2.3\nLABEL a=${A%.*}", Value("1.2", True, ("A",))),
        ("FROM scratch\nARG A=1\nARG B=${C:-${A}2}\nLABEL a=$B", Value("12", True, ("B", "A"))),
    ],
)
def test_known_values(text: str, value: Value) -> None:
    assert label(text + "\n") == value


@pytest.mark.parametrize(
    "word",
    ["$A", "${A}", "x$A", '"$A"'],
)
def test_an_argument_without_a_value_is_not_known(word: str) -> None:
    assert label(f"FROM scratch\nARG A\nLABEL a={word}\n").known is False


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("${A:-w}", "w"),
        ("${A-w}", "w"),
        ("${A:+w}", ""),
        ("${A:-${B:-deep}}", "deep"),
    ],
)
def test_a_default_stands_in_for_an_argument_without_a_value(word: str, text: str) -> None:
    found = label(f"FROM scratch\nARG A\nLABEL a={word}\n")
    assert (found.text, found.known) == (text, True)


def test_a_base_image_may_set_what_the_file_does_not() -> None:
    assert label("FROM debian:12\nLABEL a=$PATH\n").known is False
    assert label("FROM debian:12 AS one\nFROM one\nLABEL a=$PATH\n").known is False
    assert label("FROM scratch AS one\nFROM one\nLABEL a=$PATH\n") == Value("", True, ())
    assert label("FROM debian:12\nLABEL a=${A:-b}\n").known is False


def test_words_without_variables_are_as_written() -> None:
    assert label("FROM debian:12\nLABEL a=b\n") == Value("b")


def test_a_word_that_cannot_be_expanded_stays_as_written() -> None:
    assert label("FROM scratch\nARG A\nLABEL a=${A:?needed}\n") == Value("${A:?needed}", False)


class TestBuildArgs:
    def test_wins_over_the_default(self) -> None:
        found = label("FROM scratch\nARG A=1\nLABEL a=$A\n", A="9")
        assert (found.text, found.known) == ("9", True)

    def test_of_a_global_argument(self) -> None:
        assert build("ARG TAG=1\nFROM debian:$TAG\n", TAG="9").images[0].value.text == "debian:9"

    def test_reaches_a_stage_that_declares_it(self) -> None:
        assert label("ARG A=1\nFROM scratch\nARG A\nLABEL a=$A\n", A="9").text == "9"
        assert label("ARG A=1\nFROM scratch\nLABEL a=$A\n", A="9").text == ""

    def test_wins_over_a_default_in_a_later_stage(self) -> None:
        assert label("ARG A=1\nFROM scratch\nARG A=2\nLABEL a=$A\n", A="9").text == "9"

    def test_does_not_win_over_env(self) -> None:
        assert label("FROM scratch\nENV A=1\nARG A\nLABEL a=$A\n", A="9").text == "1"

    def test_is_ignored_where_nothing_declares_it(self) -> None:
        assert label("FROM scratch\nLABEL a=$A\n", A="9") == Value("", True)

    def test_can_be_empty(self) -> None:
        assert label("FROM scratch\nARG A=1\nLABEL a=$A\n", A="").text == ""

    def test_is_not_expanded_again(self) -> None:
        assert label("FROM scratch\nARG B=1\nARG A\nLABEL a=$A\n", A="$B").text == "$B"

    def test_says_where_it_came_from(self) -> None:
        assert sources(build("FROM scratch\nARG A=1\nENV B=2\nARG C=3\n", A="9")) == {
            "A": ("BUILD_ARG", "A=1", "9"),
            "B": ("ENV", "B=2", "2"),
            "C": ("ARG", "C=3", "3"),
        }


def test_a_redeclared_argument_comes_from_the_global_line() -> None:
    assert sources(build("ARG A=1\nFROM scratch\nARG A\n")) == {"A": ("ARG", "A=1", "1")}


def test_env_hides_an_argument_whatever_their_order() -> None:
    assert sources(build("FROM scratch\nARG A=1\nENV A=2\nARG A=3\n")) == {"A": ("ENV", "A=2", "2")}


def test_steps_see_the_variables_from_before_them() -> None:
    one = stage("FROM scratch\nENV A=1\nENV A=2\nENV A=3\n")
    seen = [{name: variable.value.text for name, variable in step.variables.items()} for step in one.steps]
    assert seen == [{}, {}, {"A": "1"}, {"A": "2"}]


class TestPredefined:
    def test_platform_in_from(self) -> None:
        built = build("FROM --platform=$BUILDPLATFORM golang-$TARGETARCH\n")
        assert [(one.value.text, one.value.known, one.platform) for one in built.images] == [
            ("golang-$TARGETARCH", False, "$BUILDPLATFORM")
        ]

    def test_platform_must_be_declared_in_a_stage(self) -> None:
        assert label("FROM scratch\nLABEL a=$TARGETARCH\n") == Value("", True)
        assert label("FROM scratch\nARG TARGETARCH\nLABEL a=$TARGETARCH\n").known is False

    def test_platform_is_set_by_the_builder_not_by_a_default(self) -> None:
        built = build("FROM scratch\nARG TARGETARCH\n")
        assert sources(built) == {"TARGETARCH": ("BUILD_ARG", "TARGETARCH", "$TARGETARCH")}
        assert built.stages[-1].variables["TARGETARCH"].unset is False

    def test_proxies_need_no_declaration(self) -> None:
        assert label("FROM scratch\nLABEL a=$HTTP_PROXY\n", HTTP_PROXY="http://p:1").text == "http://p:1"
        assert label("FROM debian:12\nLABEL a=$https_proxy\n") == Value("", True)


@pytest.mark.parametrize(
    ("text", "value", "known"),
    [
        ("FROM debian:$TAG", "debian:$TAG", False),
        ("FROM debian:${TAG:-12}", "debian:12", True),
        ("ARG TAG\nFROM debian:$TAG", "debian:$TAG", False),
        ("ARG TAG=12\nFROM debian:$TAG", "debian:12", True),
        ("ARG TAG=\nFROM debian:${TAG:-13}", "debian:13", True),
        ("ARG IMAGE=debian\nARG TAG=${IMAGE}-12\nFROM $IMAGE:$TAG", "debian:debian-12", True),
        ("FROM scratch AS a\nENV TAG=12\nFROM debian:$TAG", "debian:$TAG", False),
        ("FROM scratch AS a\nARG TAG=12\nFROM debian:$TAG", "debian:$TAG", False),
    ],
)
def test_names_of_images(text: str, value: str, known: bool) -> None:
    image = build(text + "\n").images[-1]
    assert (image.value.text, image.value.known, image.reference is not None) == (value, known, known)


def test_unset_tells_an_argument_without_a_value() -> None:
    found = stage("FROM scratch\nARG A\nARG B=\nARG C=$A\nENV D=$A\n").variables
    assert {name: one.unset for name, one in found.items()} == {"A": True, "B": False, "C": False, "D": False}


def test_an_unknown_value_makes_what_is_built_from_it_unknown() -> None:
    found = stage("FROM scratch\nARG A\nENV B=x-$A\nENV C=$B-y\n").variables
    assert {name: (one.value.text, one.value.known) for name, one in found.items()} == {
        "A": ("$A", False),
        "B": ("x-$A", False),
        "C": ("$B-y", False),
    }


def test_escape_directive_changes_the_escape() -> None:
    text = "# escape=`\nFROM scratch\nARG A=1\nLABEL a=`$A b=\\$A\n"
    steps = stage(text).steps
    assert [word.text for word in steps[-1].words] == ["$A", "\\1"]


def test_quotes_of_a_name_are_not_part_of_it() -> None:
    built = build('FROM scratch\nARG "V"=1\nENV "A"=$V\'x\' "B C"=2\nLABEL l=$A\n')
    assert [
        value.text for step in built.stages[0].steps if step.instruction.keyword == "LABEL" for value in step.words
    ] == ["1x"]
