"""What Compose files build."""

from string import ascii_lowercase

import pytest

from scanguard.sources.compose import ComposeBuild, compose_builds, is_compose_name


def builds(text: str, uri: str = "compose.yaml") -> list[tuple[str, str, str, str]]:
    return [build[:4] for build in compose_builds(text.encode(), uri)]


def test_short_and_long_forms() -> None:
    text = """
services:
  b: {build: ./web}
  a:
    build: {context: ., dockerfile: docker/api.Dockerfile, target: api, args: {X: 1}}
  image-only: {image: postgres}
"""
    assert builds(text) == [("a", "docker/api.Dockerfile", ".", "api"), ("b", "web/Dockerfile", "web", "")]
    assert builds(text, "deploy/compose.yaml")[1] == ("b", "deploy/web/Dockerfile", "deploy/web", "")


def test_an_entry_is_the_whole_service_in_any_order() -> None:
    one = compose_builds(b"services: {a: {build: {context: ., target: x}, user: me}}", "compose.yaml")
    two = compose_builds(
        b"services:\n  a:\n    user: me\n    build:\n      target: x\n      context: .\n", "compose.yaml"
    )
    other = compose_builds(b"services: {a: {build: {context: ., target: x}, user: you}}", "compose.yaml")
    assert one == two != other
    assert isinstance(one[0], ComposeBuild)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "- a",
        "services: 1",
        "services: {a: 1}",
        "services: {a: {build: [1]}}",
        "services: {a: {build: }}",
        "services: " + "[" * 200_000,
        "services: " + "{a: " * 100_000,
        "services: {a: &a [*a]}",
        "services: {a: {build: ../outside}}",
        "services: {a: {build: /etc}}",
        "services: {a: {build: 'https://example.com/x.git'}}",
        "services: {a: {build: '${WHERE}'}}",
        "services: {a: {build: {context: ., dockerfile: ../../x}}}",
        "services: {a: {build: {context: ., dockerfile_inline: FROM scratch}}}",
        "a: !!python/object/apply:os.system [true]",
        "#" * 1_000_001,
    ],
)
def test_what_is_none(text: str) -> None:
    assert builds(text) == []


def test_references_that_multiply_take_no_time() -> None:
    pairs = zip(ascii_lowercase[:23], ascii_lowercase[1:24], strict=True)
    text = "a: &a [x, x]\n" + "".join(f"{one}: &{one} [*{two}, *{two}]\n" for two, one in pairs)
    (build,) = compose_builds((text + "services: {s: {build: ., x: *x}}").encode(), "compose.yaml")
    assert len(build.entry) < 1_000_000


def test_what_is_merged_counts_and_the_nearest_first() -> None:
    text = """
x-one: &one {build: {context: one, target: t}, user: me}
x-two: &two {build: two}
services:
  a: {<<: *one}
  b: {<<: [*two, *one]}
  c: {<<: *one, build: {<<: {dockerfile: D}, context: c}}
"""
    assert builds(text) == [
        ("a", "one/Dockerfile", "one", "t"),
        ("b", "two/Dockerfile", "two", ""),
        ("c", "c/D", "c", ""),
    ]


@pytest.mark.parametrize("value", ["0x" + "f" * 9_000, "1" + ":1" * 50_000, "1" * 9_000])
def test_absurd_numbers_are_texts(value: str) -> None:
    (build,) = compose_builds(f"services: {{a: {{build: ., x: {value}}}}}".encode(), "compose.yaml")
    assert build.entry == f"{{'build':'.','x':'{value}'}}"


def test_merges_that_multiply_take_no_time() -> None:
    steps = "".join(f"x{at}: &x{at} {{<<: [*x{at - 1}, *x{at - 1}]}}\n" for at in range(1, 60))
    text = f"x0: &x0 {{a: 1, b: 2}}\n{steps}services: {{s: {{build: ., <<: *x59}}, t: {{<<: *x59}}}}"
    assert builds(text) == [("s", "Dockerfile", ".", "")]


def test_references_to_what_is_deep_are_cut_off() -> None:
    steps = "".join(f"x{at}: &x{at} {'[' * 60}*x{at - 1}{']' * 60}\n" for at in range(1, 60))
    (build,) = compose_builds(f"x0: &x0 a\n{steps}services: {{s: {{build: ., x: *x59}}}}".encode(), "compose.yaml")
    assert "…" in build.entry


@pytest.mark.parametrize(
    "name", ["compose.yaml", "docker-compose.yml", "docker-compose.prod.yml", "compose.override.yaml"]
)
def test_names(name: str) -> None:
    assert is_compose_name(name)
    assert not is_compose_name(f"x{name}")
    assert not is_compose_name(f"{name}.bak")
