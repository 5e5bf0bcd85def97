"""The names that a removal has to look at are all that it can mean."""

import pytest

from scanguard.build.packages_needs import candidates, goes_with, matches, needed
from tests.build.builds import stage

_NAMES = (
    "gcc",
    "g++",
    "cpp",
    "binutils",
    "make",
    "build-essential",
    "dpkg-dev",
    "clang",
    "gcc-12",
    "python3-dev",
    "curl",
)
_MANY = 1500


@pytest.mark.parametrize(
    "wanted",
    [
        *_NAMES,
        "gcc-12*",
        "g*",
        "*",
        "?lang",
        "[cg]*",
        "*-dev",
        "clang-14",
        "cpp-13",
        "cpp-*",
        "gfortran-12",
        "q",
        "",
        "libc6",
    ],
)
def test_nothing_that_goes_is_left_out(wanted: str) -> None:
    meant = {
        name
        for name in _NAMES
        if matches(name, wanted) or any(goes_with(name, wanted, versions=versions) for versions in (True, False))
    }
    found = candidates(_NAMES, wanted)
    assert meant <= set(found) <= set(_NAMES)
    assert len(found) == len(set(found))


def test_a_plain_name_does_not_look_at_all_packages() -> None:
    names = [f"p{at}" for at in range(_MANY)]
    assert candidates(names, "p7") == ["p7"]
    assert [name for name in candidates(names, "p7?") if matches(name, "p7?")] == [f"p7{at}" for at in range(10)]


@pytest.mark.parametrize(("removed", "left"), [("q", _MANY), ("p", 0)])
def test_many_packages_removed_by_name(removed: str, left: int) -> None:
    def listed(start: str) -> str:
        return " ".join(f"{start}{at}" for at in range(_MANY))

    found = stage(f"FROM debian:12\nRUN apt-get install {listed('p')} && apt-get purge {listed(removed)}\n")
    assert sum(package.removed is None for package in found.packages) == left


def test_what_is_needed_of_nothing_known() -> None:
    assert needed("curl") == ()
