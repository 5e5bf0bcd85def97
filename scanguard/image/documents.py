"""JSON documents of strangers: objects, lists and texts, or a TargetError that says what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from scanguard.model.errors import TargetError


def parse_object(data: bytes, what: str) -> Mapping[str, Any]:
    """A JSON object; `what` names the document for people. Raises TargetError where it is none."""
    value = parse_value(data, what)
    if not isinstance(value, dict):
        raise TargetError(f"has {what} that is no JSON object; make the image again")
    return value


def parse_value(data: bytes, what: str) -> Any:
    """A JSON value. Raises TargetError where the bytes are none."""
    import json

    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TargetError(f"has {what} that is no valid JSON; make the image again") from error


def member(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object in an object, empty where it is absent or null. Raises TargetError for anything else."""
    found = value.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _wrong(key, "object")
    return found


def items(value: Mapping[str, Any], key: str) -> Sequence[Any]:
    """A list in an object, empty where it is absent or null. Raises TargetError for anything else."""
    found = value.get(key)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise _wrong(key, "list")
    return found


def objects(value: Mapping[str, Any], key: str) -> tuple[Mapping[str, Any], ...]:
    """A list of objects. Raises TargetError for anything else."""
    found = items(value, key)
    if not all(isinstance(one, dict) for one in found):
        raise _wrong(key, "list of objects")
    return tuple(found)


def texts(value: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of texts; a single text counts as a list of one. Raises TargetError for anything else."""
    found = [value[key]] if isinstance(value.get(key), str) else items(value, key)
    if not all(isinstance(one, str) for one in found):
        raise _wrong(key, "list of texts")
    return tuple(found)


def text(value: Mapping[str, Any], key: str) -> str:
    """A text, empty where it is absent or null. Raises TargetError for anything else."""
    found = value.get(key)
    if found is not None and not isinstance(found, str):
        raise _wrong(key, "text")
    return found or ""


def _wrong(key: str, kind: str) -> TargetError:
    return TargetError(f"cannot be read: '{key}' in its description is no {kind}; make the image again")
