"""What a misspelt word was likely meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.model.spelling import nearest

RULES = ("root-user", "root-group", "unpinned-image", "floating-tag", "sudo")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("root-user", "root-user"),
        ("Root-User", "root-user"),
        ("root-usr", "root-user"),
        ("root-userr", "root-user"),
        ("root-uesr", "root-user"),
        ("rot-uesr", "root-user"),
        ("rxxt-user", "root-user"),
        ("rxxx-user", ""),
        ("root-groop", "root-group"),
        ("unpined-imgae", "unpinned-image"),
        ("sudu", "sudo"),
        ("sxxo", ""),
        ("su", ""),
        ("x", ""),
        ("", ""),
        ("floatingtags", "floating-tag"),
    ],
)
def test_nearest(word: str, meant: str) -> None:
    assert nearest(word, RULES) == meant


def test_ties_go_to_the_first() -> None:
    assert nearest("cat", ["bat", "rat", "cab"]) == "bat"
    assert nearest("cat", ["rat", "bat", "cat"]) == "cat"


def test_no_candidates() -> None:
    assert nearest("word", []) == ""


@given(st.text("abc", min_size=6, max_size=12), st.data())
def test_one_swap_of_neighbours_is_one_slip(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert nearest(swapped, ["z" * len(word), word]) == word
