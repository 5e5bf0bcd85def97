"""JSON from strangers, read with bounds and with a place for every complaint."""

import re
from collections.abc import Iterator
from json import JSONDecodeError, loads
from typing import Any, NoReturn

from scanguard.model.errors import TargetError
from scanguard.model.location import Region

LARGEST = 10**9
_LONGEST = 300
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}


class Node:
    """A value of a document and its place in it, such as `runs[0].results[3].level`."""

    __slots__ = ("place", "uri", "value")

    def __init__(self, value: Any, uri: str, place: str = "") -> None:
        self.value = value
        self.uri = uri
        self.place = place

    def __getitem__(self, name: str) -> "Node":
        """A field; its value is None where there is none. Raises TargetError where this is no object."""
        if self.value is None:
            return Node(None, self.uri, f"{self.place}.{name}")
        if not isinstance(self.value, dict):
            self.refuse("an object")
        return Node(self.value.get(name), self.uri, f"{self.place}.{name}" if self.place else name)

    def __iter__(self) -> Iterator["Node"]:
        """The items of a list; none where there is no list. Raises TargetError for anything else."""
        if self.value is not None and not isinstance(self.value, list):
            self.refuse("a list")
        for at, item in enumerate(self.value or ()):
            yield Node(item, self.uri, f"{self.place}[{at}]")

    @property
    def first(self) -> "Node":
        """The first item of a list, a node without a value where there is none."""
        return next(iter(self), Node(None, self.uri, f"{self.place}[0]"))

    def text(self, default: str | None = "") -> str:
        """A text, halves of surrogate pairs replaced; `default` where there is none, an error where that is None."""
        if isinstance(self.value, str):
            return self.value if self.value.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", self.value)
        if self.value is not None or default is None:
            self.refuse("a text")
        return default

    def word(self) -> str:
        """A name: printable, not empty, of bounded length. Raises TargetError for anything else."""
        text = self.text(None)
        if not text or len(text) > _LONGEST or not text.isprintable():
            raise TargetError(f"'{self.place}' is no name; nothing of the file was taken", self.uri)
        return text

    def number(self, default: int | None = None) -> int:
        """A whole number from 0 to a billion; `default` where there is none, an error where that is None."""
        if type(self.value) is int and 0 <= self.value <= LARGEST:
            return self.value
        if self.value is not None or default is None:
            self.refuse("a whole number that is not negative")
        return default

    def one_of(self, words: dict[str, Any]) -> Any:
        """What one of these words stands for. Raises TargetError for another one."""
        word = self.text(None)
        if word not in words:
            raise TargetError(f"'{self.place}' is none of {', '.join(words)}; nothing of the file was taken", self.uri)
        return words[word]

    def refuse(self, wanted: str) -> NoReturn:
        """Raise TargetError: this is not what was wanted."""
        kind = _KINDS.get(type(self.value), "another number")
        raise TargetError(f"'{self.place}' is {kind}, not {wanted}; nothing of the file was taken", self.uri)


def parse(data: bytes, uri: str) -> Node:
    """The JSON of a file, in UTF-8 with or without a byte order mark. Raises TargetError where it is none."""
    if not data.strip():
        raise TargetError("is empty; write the report anew", uri)
    try:
        return Node(loads(data.decode("utf-8-sig"), parse_constant=_no_number), uri)
    except UnicodeDecodeError as error:
        raise TargetError(f"is not UTF-8 at byte {error.start}; write the report anew", uri) from None
    except JSONDecodeError as error:
        region = Region(error.lineno, error.colno, error.lineno, error.colno)
        message = f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}; make sure that the file is complete"
        raise TargetError(message, uri, region) from None
    except RecursionError:
        raise TargetError("is nested too deeply for a report", uri) from None
    except ValueError:
        raise TargetError("holds a number that no report has", uri) from None


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def region(node: Node, names: tuple[str, str, str, str]) -> Region | None:
    """The region in four fields, None where the first has no value. Raises TargetError for one that cannot be."""
    if node[names[0]].value is None:
        return None
    found = Region(*(node[name].number() for name in names))
    if min(found) < 1 or found[2:] < found[:2]:
        raise TargetError(f"'{node.place}' is no region; nothing of the file was taken", node.uri)
    return found


def path_of(uri: str) -> str:
    """The path that a URI reference of a report means: percent-decoded, `file://` taken off."""
    from urllib.parse import unquote

    return unquote(uri.removeprefix("file://"), errors="replace")
