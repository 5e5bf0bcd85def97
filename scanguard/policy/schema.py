"""The form of a policy, by its published JSON Schema. Loaded only where there is a policy file."""

import json
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Any

import jsonschema

from scanguard.model.spelling import nearest
from scanguard.policy.document import Document, Path, Value


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of policies, as published."""
    schema: dict[str, Any] = json.loads(pkgutil.get_data("scanguard.policy", "policy.schema.json") or b"{}")
    return schema


def validate_with_schema(value: Value) -> list[str]:
    """What the schema says against a policy, given as plain values; nothing where its form is right."""
    return [error.message for error in _errors(value)]


def check_form(document: Document) -> None:
    """Raise ConfigurationError for the first thing, in the order of the file, that is not of the form of a policy."""
    found = [finding for error in _errors(document.value) for finding in _explained(error)]
    if not found:
        return
    errors = [document.error(message, path, key=key) for message, path, key in found]
    raise min(errors, key=lambda error: (error.region is None, error.region))


def _errors(value: Value) -> "Iterable[jsonschema.ValidationError]":
    validator = jsonschema.Draft202012Validator(policy_schema())
    errors: Iterable[jsonschema.ValidationError] = validator.iter_errors(value)
    return errors


def _explained(error: Any) -> Iterator[tuple[str, Path, bool]]:
    """A jsonschema.ValidationError in our words: a message, the path that it speaks of, whether it means the key there."""
    path: Path = tuple(error.absolute_path)
    schema: dict[str, Any] = error.schema
    if error.validator == "additionalProperties":
        yield from _unknown_keys(error.instance, schema["properties"], path)
    elif error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance and not _misspelt(name, error.instance, schema.get("properties", ())):
                yield f"'{name}' is missing: this must be {schema['title']}", path, False
    elif "propertyNames" in error.absolute_schema_path:
        yield f"'{error.instance}' must be {schema['title']}", (*path, error.instance), True
    elif error.validator in ("maxItems", "maxProperties", "maxLength"):
        parts = "characters" if isinstance(error.instance, str) else "entries"
        yield f"this has more than {error.validator_value} {parts}", path, False
    else:
        yield _expected(error.instance, schema), path, False


def _misspelt(name: str, instance: Iterable[str], known: Iterable[str]) -> bool:
    """Whether a key that is missing is there with a slip: that one is told, with what it was meant to be."""
    return any(nearest(key, known) == name for key in instance if key not in known)


def _unknown_keys(instance: Iterable[str], known: Iterable[str], path: Path) -> Iterator[tuple[str, Path, bool]]:
    for name in instance:
        if name not in known:
            guess = nearest(name, known)
            hint = f"did you mean '{guess}'?" if guess else f"known are {', '.join(known)}"
            yield f"unknown key '{name}'; {hint}", (*path, name), True


def _expected(instance: Value, schema: dict[str, Any]) -> str:
    title = schema["title"]
    if not isinstance(instance, str):
        return f"this must be {title}"
    guess = nearest(instance, schema.get("enum", ()))
    return f"'{_short(instance)}' must be {title}" + (f"; did you mean '{guess}'?" if guess else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
