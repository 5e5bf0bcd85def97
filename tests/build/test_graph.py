"""Stages: what names mean, who needs whom, what becomes of each."""

import pytest

from scanguard.build.evaluate import UnknownTarget
from scanguard.build.model import Build, Role
from tests.build.builds import build, written_as


def edges(built: Build) -> list[tuple[str, int, int, str | None]]:
    return [(edge.kind, edge.stage, edge.source, written_as(built, edge.span)) for edge in built.edges]


def problems(built: Build) -> list[tuple[str, str, int, str, str | None]]:
    """Kind, name, stage, suggestion, and the text of the other place."""
    return [(one.kind, one.name, one.stage, one.suggestion, written_as(built, one.other)) for one in built.problems]


def roles(built: Build) -> list[Role]:
    return [stage.role for stage in built.stages]


def images(built: Build) -> list[tuple[str, str, int]]:
    return [(use.kind, use.value.text, use.stage) for use in built.images]


def test_one_stage() -> None:
    built = build("FROM debian:12\n")
    assert (edges(built), problems(built), roles(built)) == ([], [], [Role.SHIPPED])
    assert images(built) == [("FROM", "debian:12", 0)]
    assert built.shipped is built.stages[0]


def test_no_stage() -> None:
    built = build("# nothing\n")
    assert (built.stages, built.shipped, list(built.shipped_steps()), built.way(0)) == ((), None, [], ())


@pytest.mark.parametrize("name", ["base", "BASE", "Base"])
def test_names_in_any_case(name: str) -> None:
    built = build(f"FROM debian:12 AS Base\nFROM {name}\nCOPY --from={name} /a /a\nRUN --mount=from={name} true\n")
    assert edges(built) == [("INHERITS", 1, 0, name), ("COPIES", 1, 0, name), ("MOUNTS", 1, 0, name)]
    assert problems(built) == []
    assert images(built) == [("FROM", "debian:12", 0)]
    assert built.stages[1].base is built.stages[0]
    assert built.stages[1].image is None


def test_indexes() -> None:
    built = build("FROM debian:12\nFROM scratch\nCOPY --from=0 /a /a\nRUN --mount=type=bind,from=0 true\n")
    assert edges(built) == [("COPIES", 1, 0, "0"), ("MOUNTS", 1, 0, "0")]
    assert roles(built) == [Role.BUILDER, Role.SHIPPED]


def test_from_takes_no_index() -> None:
    built = build("FROM debian:12\nFROM 0\n")
    assert images(built) == [("FROM", "debian:12", 0), ("FROM", "0", 1)]


def test_the_last_definition_so_far_wins() -> None:
    text = "FROM a:1 AS x\nFROM b:1 AS x\nFROM x\nFROM c:1 AS x\nFROM scratch\nCOPY --from=x / /\n"
    built = build(text)
    assert edges(built) == [("INHERITS", 2, 1, "x"), ("COPIES", 4, 3, "x")]
    assert problems(built) == [("duplicate-name", "x", 1, "", "x"), ("duplicate-name", "x", 3, "", "x")]


def test_a_stage_may_have_the_name_of_its_own_image() -> None:
    built = build("FROM debian AS debian\nFROM debian\n")
    assert images(built) == [("FROM", "debian", 0)]
    assert edges(built) == [("INHERITS", 1, 0, "debian")]


def test_names_from_variables() -> None:
    built = build("ARG BASE=one\nFROM debian:12 AS one\nFROM ${BASE}\nARG FROM=one\nCOPY --from=$FROM /a /a\n")
    assert built.stages[1].base is built.stages[0]
    assert edges(built)[0] == ("INHERITS", 1, 0, "${BASE}")


def test_external_images() -> None:
    text = "FROM debian:12\nCOPY --from=nginx:1 /a /a\nRUN --mount=type=bind,from=busybox:1 true\n"
    built = build(text)
    assert (edges(built), problems(built)) == ([], [])
    assert images(built) == [("FROM", "debian:12", 0), ("COPY", "nginx:1", 0), ("RUN", "busybox:1", 0)]


def test_a_name_that_no_stage_has_is_an_image() -> None:
    built = build("FROM debian:12 AS base\nFROM scratch\nCOPY --from=nginx /a /a\n")
    assert (images(built)[1:], problems(built)) == ([("COPY", "nginx", 1)], [])


def test_named_contexts() -> None:
    text = "FROM Base\nFROM scratch\nCOPY --from=assets /a /a\nRUN --mount=from=ASSETS true\n"
    built = build(text, contexts=("base", "assets"))
    assert (images(built), edges(built), problems(built)) == ([], [], [])
    assert [(stage.scratch, stage.image, stage.base) for stage in built.stages] == [
        (False, None, None),
        (True, None, None),
    ]


def test_scratch_is_neither_stage_nor_image() -> None:
    built = build("FROM scratch\nCOPY --from=scratch / /\n")
    assert (images(built), edges(built), problems(built), built.stages[0].scratch) == ([], [], [], True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("FROM a:1\nCOPY --from=later /a /a\nFROM b:1 AS later", ("forward-stage", "later", 0, "", "later")),
        ("FROM a:1\nCOPY --from=LATER /a /a\nFROM b:1 AS later", ("forward-stage", "LATER", 0, "", "later")),
        ("FROM a:1\nCOPY --from=1 /a /a\nFROM b:1 AS later", ("forward-stage", "1", 0, "", "later")),
        ("FROM a:1\nCOPY --from=1 /a /a\nFROM b:1", ("forward-stage", "1", 0, "", None)),
        ("FROM a:1 AS me\nCOPY --from=me /a /a", ("self-stage", "me", 0, "", "me")),
        ("FROM a:1\nCOPY --from=0 /a /a", ("self-stage", "0", 0, "", None)),
        ("FROM a:1\nRUN --mount=from=0 true", ("self-stage", "0", 0, "", None)),
        ("FROM a:1\nCOPY --from=7 /a /a", ("unknown-stage", "7", 0, "", None)),
        ("FROM a:1 AS build\nFROM b:1\nCOPY --from=biuld /a /a", ("unknown-stage", "biuld", 1, "build", None)),
        ("FROM a:1 AS build\nFROM b:1\nRUN --mount=from=buld true", ("unknown-stage", "buld", 1, "build", None)),
        ("FROM a:1 AS scratch", ("reserved-name", "scratch", 0, "", None)),
        ("FROM a:1 AS context", ("reserved-name", "context", 0, "", None)),
        ("FROM a:1 AS x\nFROM b:1 AS X", ("duplicate-name", "X", 1, "", "x")),
    ],
)
def test_problems(text: str, problem: tuple[str, str, int, str, str | None]) -> None:
    built = build(text + "\n")
    assert problems(built) == [problem]
    assert [use.kind for use in built.images if use.kind != "FROM"] == []


def test_two_stages_that_want_each_other() -> None:
    built = build("FROM x:1 AS a\nCOPY --from=b /b /b\nFROM x:1 AS b\nCOPY --from=a /a /a\n")
    assert problems(built) == [("forward-stage", "b", 0, "", "b")]
    assert edges(built) == [("COPIES", 1, 0, "a")]


@pytest.mark.parametrize("name", ["9" * 5000, "٠", "²", "-1", "0x0", "1.5", "00"])
def test_odd_numbers(name: str) -> None:
    """Go's strconv.Atoi reads `00` as 0; what is no number of ASCII digits is a name."""
    built = build(f"FROM a:1\nFROM b:1\nCOPY --from={name} /a /a\n")
    found = edges(built)
    assert found == ([("COPIES", 1, 0, "00")] if name == "00" else [])


def test_a_huge_target_is_unknown() -> None:
    with pytest.raises(UnknownTarget):
        build("FROM a:1\n", target="9" * 5000)


STAGES = "FROM a:1 AS one\nFROM one AS two\nFROM b:1 AS three\nCOPY --from=two /a /a\nFROM three\nFROM c:1 AS last\n"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("", "unreached unreached unreached unreached shipped"),
        ("last", "unreached unreached unreached unreached shipped"),
        ("LAST", "unreached unreached unreached unreached shipped"),
        ("4", "unreached unreached unreached unreached shipped"),
        ("3", "builder builder lineage shipped unreached"),
        ("three", "builder builder shipped unreached unreached"),
        ("two", "lineage shipped unreached unreached unreached"),
        ("0", "shipped unreached unreached unreached unreached"),
    ],
)
def test_roles(target: str, expected: str) -> None:
    built = build(STAGES, target=target)
    assert [role.name.lower() for role in roles(built)] == expected.split()
    assert [built.ships(index) for index in range(5)] == [word in ("shipped", "lineage") for word in expected.split()]


def test_what_the_base_of_a_builder_copies_is_a_builder_too() -> None:
    text = "FROM a AS one\nFROM b AS two\nCOPY --from=one / /\nFROM two AS three\nFROM c\nRUN --mount=from=three true\n"
    assert roles(build(text)) == [Role.BUILDER, Role.BUILDER, Role.BUILDER, Role.SHIPPED]


def test_lineage_wins_over_builder() -> None:
    text = "FROM a AS one\nFROM one AS two\nFROM one\nCOPY --from=two / /\n"
    assert roles(build(text)) == [Role.LINEAGE, Role.BUILDER, Role.SHIPPED]


@pytest.mark.parametrize("target", ["nothing", "5", "-1", "a:1", " "])
def test_unknown_targets(target: str) -> None:
    with pytest.raises(UnknownTarget, match=f"^{target}$"):
        build(STAGES, target=target)


def test_a_target_of_a_file_without_stages() -> None:
    with pytest.raises(UnknownTarget):
        build("# nothing\n", target="last")


def test_unknown_images_are_told() -> None:
    built = build("FROM $BASE\nCOPY --from=$OTHER /a /a\n")
    assert [(message, written_as(built, span)) for message, span in built.unknowns] == [
        ("The image '$BASE' depends on a value that the Dockerfile does not set.", "$BASE"),
        ("The image '$OTHER' depends on a value that the Dockerfile does not set.", "$OTHER"),
    ]
    assert [use.reference for use in built.images] == [None, None]


def test_titles() -> None:
    built = build("FROM a AS One\nFROM b\n")
    assert [(stage.name, stage.title) for stage in built.stages] == [("One", "stage 'One'"), ("1", "stage 1")]


class TestWay:
    TEXT = "FROM a:1 AS one\nRUN true\nFROM one AS two\nFROM two\n"

    def test_through_several_stages(self) -> None:
        built = build(self.TEXT)
        way = [(step.message, written_as(built, step.span)) for step in built.way(0)]
        assert way == [
            ("stage 'two' is built FROM stage 'one'", "one"),
            ("stage 2 is built FROM stage 'two'", "two"),
        ]
        assert built.way(1) == built.way(0)[1:]

    def test_of_the_shipped_stage_is_empty(self) -> None:
        built = build(self.TEXT)
        assert (built.way(2), built.trace("here", built.stages[2].from_span, 2)) == ((), ())

    def test_of_a_builder_is_empty(self) -> None:
        assert build("FROM a AS one\nFROM b\nCOPY --from=one / /\n").way(0) == ()

    def test_trace_begins_with_the_cause(self) -> None:
        built = build(self.TEXT)
        step = built.stages[0].steps[1]
        trace = built.trace("something happens", step.span, 0)
        assert [(one.message, written_as(built, one.span)) for one in trace] == [
            ("something happens", "RUN true"),
            ("stage 'two' is built FROM stage 'one'", "one"),
            ("stage 2 is built FROM stage 'two'", "two"),
        ]

    def test_shipped_steps_run_from_the_bottom_up(self) -> None:
        built = build(self.TEXT)
        texts = [written_as(built, step.span) for step in built.shipped_steps()]
        assert texts == ["FROM a:1 AS one", "RUN true", "FROM one AS two", "FROM two"]


@pytest.mark.parametrize(
    ("image", "public"),
    [
        ("debian:12", True),
        ("docker.io/library/debian", True),
        ("ghcr.io/a/b", True),
        ("internal.example.com/a", False),
        ("localhost:5000/a", False),
    ],
)
def test_public_registries(image: str, public: bool) -> None:
    built = build(f"FROM {image}\n")
    reference = built.images[0].reference
    assert reference is not None
    assert built.is_public(reference) is public


def test_platform_is_kept() -> None:
    built = build("FROM --platform=linux/amd64 debian:12\n")
    assert [use.platform for use in built.images] == ["linux/amd64"]


def test_variables_of_an_image() -> None:
    built = build("ARG TAG=12\nARG IMAGE=debian:$TAG\nFROM $IMAGE\n")
    assert [(one.name, one.value.text) for one in built.images[0].variables] == [("IMAGE", "debian:12"), ("TAG", "12")]
