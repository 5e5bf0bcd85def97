"""Backquotes: the script in them is written with escapes, so it is parsed apart and then moved to where it stands."""

from collections.abc import Sequence
from typing import TypeVar

from scanguard.dockerfile.shell.nodes import Opaque, Script, ShellWord

_Node = TypeVar("_Node", bound=tuple[object, ...])


def unescape(text: str, start: int, stop: int, *, quoted: bool) -> tuple[str, list[int]]:
    """What stands between two backquotes without its escapes, and where each character (and the end) comes from.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06_03
    """
    escaped = '`\\$"' if quoted else "`\\$"
    characters: list[str] = []
    offsets: list[int] = []
    at = start
    while at < stop:
        if text[at] == "\\" and at + 1 < stop and text[at + 1] in escaped:
            at += 1
        characters.append(text[at])
        offsets.append(at)
        at += 1
    offsets.append(stop)
    return "".join(characters), offsets


def relocated(script: Script, offsets: Sequence[int], text: str) -> Script:
    """The same script with its places in the outer text."""
    return _moved(script, offsets, text)


def _moved(node: _Node, offsets: Sequence[int], text: str) -> _Node:
    """A copy of a node, or of a tuple of them, deep as the parser's nesting at most."""
    fields: tuple[str, ...] = getattr(node, "_fields", ())
    children = [_moved(child, offsets, text) if isinstance(child, tuple) else child for child in node]
    if not fields:
        return tuple.__new__(type(node), children)
    if "start" in fields:
        at = fields.index("start")
        start, end = node[at], node[at + 1]
        assert isinstance(start, int)
        assert isinstance(end, int)
        children[at] = offsets[start]
        children[at + 1] = offsets[end - 1] + 1 if end > start else offsets[start]
        if isinstance(node, (ShellWord, Opaque)):
            children[0] = text[offsets[start] : offsets[end - 1] + 1 if end > start else offsets[start]]
    return tuple.__new__(type(node), children)
