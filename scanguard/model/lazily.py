"""Patterns that are compiled when a text first needs them: most files need few, and compiling all costs milliseconds."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

_END = (1 << 63) - 1


def matcher(pattern: str, method: str = "match") -> "Callable[..., re.Match[str] | None]":
    """The method `match` (or `fullmatch`) of a compiled pattern, for (text, begin, end); the first call compiles it."""
    match: Callable[[str, int, int], re.Match[str] | None] | None = None

    def call(text: str, begin: int = 0, end: int = _END) -> "re.Match[str] | None":
        nonlocal match
        if match is None:
            import re

            match = getattr(re.compile(pattern), method)
        return match(text, begin, end)

    return call


def finder(pattern: str) -> "Callable[..., Iterator[re.Match[str]]]":
    """The method `finditer` of a compiled pattern, for (text, begin, end); the first call compiles it."""
    find: Callable[[str, int, int], Iterator[re.Match[str]]] | None = None

    def call(text: str, begin: int = 0, end: int = _END) -> "Iterator[re.Match[str]]":
        nonlocal find
        if find is None:
            import re

            find = re.compile(pattern).finditer
        return find(text, begin, end)

    return call
