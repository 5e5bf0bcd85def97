"""Comments are only read where there can be a suppression: none may be passed over by that."""

from hypothesis import given
from hypothesis import strategies as st

from scanguard.app.dockerfiles import _may_suppress
from scanguard.dockerfile.parser import parse
from scanguard.dockerfile.pragma import pragmas
from scanguard.model.location import Source

PIECES = [
    "# ",
    "scanguard",
    "SCANGUARD",
    "Scanguard",
    ":",
    " ",
    "\t",
    "ignore",
    "Ignore",
    "ignore-file",
    "[root-user]",
    "x",
    "\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_every_suppression_is_seen(text: str) -> None:
    whole = f"# {text}\nFROM debian:12\n"
    if pragmas(parse(Source("Dockerfile", whole))):
        assert _may_suppress(whole)


def test_a_word_alone_is_none() -> None:
    assert not _may_suppress("# `scanguard check` says what is wrong\nFROM debian:12\n")
