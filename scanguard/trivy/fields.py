"""The parts of a JSON report, each of the kind that it must be and no longer than it may be."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

Json: TypeAlias = Mapping[str, Any]
Kind = TypeVar("Kind")
WORD, LINE, TEXT = 300, 1000, 8000


class Malformed(Exception):
    """What of a report is of another form; the text names the place, never the value."""


def layer_of(one: Json) -> str:
    """The diff id of the layer that something is in; empty where none is named."""
    return text_of(object_of(one, "Layer"), "DiffID")


def objects(value: Json, key: str) -> Sequence[Json]:
    """A list of objects, empty where it is absent. Raises Malformed where it is another."""
    found: Sequence[Json] = part(value, key, list) or ()
    if not all(isinstance(one, dict) for one in found):
        raise Malformed(f"{key} holds what is no object")
    return found


def words(value: Json, key: str, most: int = 100) -> tuple[str, ...]:
    """The first texts of a list."""
    found: Sequence[object] = part(value, key, list) or ()
    return tuple(str(word)[:WORD] for word in found[:most])


def object_of(value: Json, key: str) -> Json:
    """An object, an empty one where it is absent."""
    return part(value, key, dict) or {}


def text_of(value: Json, key: str, most: int = WORD) -> str:
    """The beginning of a text, empty where it is absent."""
    return (part(value, key, str) or "")[:most]


def part(value: Json, key: str, kind: type[Kind]) -> Kind | None:
    """A part of an object, None where it is absent. Raises Malformed where it is of another kind."""
    found = value.get(key)
    if found is not None and not isinstance(found, kind):
        raise Malformed(f"{key} is of another kind than it should be")
    return found
