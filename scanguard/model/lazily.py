"""What is made when it is first needed: patterns that most files do without, modules that others import and hardly use."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
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


class _Deferred(ModuleType):
    """Stands in for a module until somebody asks it for something. `importlib.util.LazyLoader` loads at every `import`."""

    def __getattr__(self, attribute: str) -> object:
        from importlib import import_module

        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        real = import_module(self.__name__)
        self.__dict__.update(real.__dict__)
        return getattr(real, attribute)


def defer(name: str) -> None:
    """Let a module be loaded when it is first used, not when somebody imports it; nothing where it is loaded already."""
    if name not in sys.modules:
        sys.modules[name] = _Deferred(name)


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
