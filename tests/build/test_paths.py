"""Paths inside an image."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.build.paths import covers, destination, resolve

PATHS = st.lists(st.sampled_from(["a", "b", ".", "..", "", "/"]), max_size=6).map("/".join)


@pytest.mark.parametrize(
    ("directory", "path", "resolved"),
    [
        ("/", "a", "/a"),
        ("/app", "a/b", "/app/a/b"),
        ("/app/", "./a/", "/app/a"),
        ("/app", "/etc", "/etc"),
        ("/app", "..", "/"),
        ("/app", "../../..", "/"),
        ("/app", ".", "/app"),
        ("/", "//a//b", "/a/b"),
        ("/", "///a", "/a"),
        ("/", "//", "/"),
        ("/app", "", "/app"),
        (None, "a", None),
        (None, "/a", "/a"),
        (None, "/a/../b", "/b"),
    ],
)
def test_resolve(directory: str | None, path: str, resolved: str | None) -> None:
    assert resolve(directory, path) == resolved


@given(PATHS)
def test_resolved_paths_stay_as_they_are(path: str) -> None:
    once = resolve("/work", path)
    assert once is not None
    assert once.startswith("/")
    assert not once.startswith("//")
    assert ".." not in once.split("/")
    assert resolve("/elsewhere", once) == once


@pytest.mark.parametrize(
    ("parent", "path", "covered"),
    [
        ("/usr", "/usr", True),
        ("/usr", "/usr/bin", True),
        ("/usr/", "/usr/bin", True),
        ("/usr", "/usr2", False),
        ("/usr/bin", "/usr", False),
        ("/", "/usr", True),
        ("/", "/", True),
    ],
)
def test_covers(parent: str, path: str, covered: bool) -> None:
    assert covers(parent, path) is covered


@pytest.mark.parametrize(
    ("directory", "target", "source", "many", "place"),
    [
        ("/app", "/b", "a", False, "/b"),
        ("/app", "/b/", "a", False, "/b/a"),
        ("/app", "/b/", "x/a", False, "/b/a"),
        ("/app", "/b/", "x/a/", False, "/b"),
        ("/app", "/b", "x/a/", True, "/b"),
        ("/app", ".", "a", False, "/app/a"),
        ("/app", "./", "a", False, "/app/a"),
        ("/app", "/b/.", "a", False, "/b/a"),
        ("/app", "b", "a", False, "/app/b"),
        ("/app", "/b", "a", True, "/b/a"),
        ("/app", "/b/", ".", False, "/b"),
        ("/app", "/b/", "..", False, "/b"),
        ("/app", "/b/", "/", False, "/b"),
        (None, "b", "a", False, None),
        (None, "/b/", "a", False, "/b/a"),
    ],
)
def test_destination(directory: str | None, target: str, source: str, many: bool, place: str | None) -> None:
    assert destination(directory, target, source, many=many) == place
