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
        "services: {a: {build: 1}}",
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


@pytest.mark.parametrize(
    "name", ["compose.yaml", "docker-compose.yml", "docker-compose.prod.yml", "compose.override.yaml"]
)
def test_names(name: str) -> None:
    assert is_compose_name(name)
    assert not is_compose_name(f"x{name}")
    assert not is_compose_name(f"{name}.bak")
