"""The one door to sarif-om: its classes as SARIF 2.1.0 errata 01 has them, and their conversion to the values of JSON.

sarif-om has no types and its own serialiser is slow and drops `level: warning`, which changes what a file means.
"""

from collections.abc import Callable
from typing import Any

import attr
import sarif_om  # type: ignore[import-untyped]

om: Any = sarif_om

_ALWAYS = frozenset({"level"})
"""Written even where it equals the schema's default: an absent level is the rule's default level (3.27.10)."""


@attr.s
class Suppression(sarif_om.Suppression):  # type: ignore[misc]
    """A suppression with `status`; sarif-om still has `state`, its name before the standard was final (3.35.3)."""

    status: Any = attr.ib(default=None, metadata={"schema_property_name": "status"})


def suppression(**fields: Any) -> Any:
    """A `suppression` object of these attributes."""
    return Suppression(**fields)


_Plan = tuple[tuple[str, str, object], ...]
_SCALARS = frozenset({str, int, float, bool})


class Converter:
    """Turns sarif-om's objects into dicts and lists under the names of the schema."""

    def __init__(self) -> None:
        self._plans: dict[type, _Plan] = {}

    def convert(self, value: Any) -> Any:
        """The value as JSON has it: None and defaults are left out, property bags keep their keys, empty lists stay."""
        kind = type(value)
        if kind in _SCALARS:
            return value
        if kind is dict:
            return {key: self.convert(item) for key, item in value.items() if item is not None}
        if kind is list:
            return [self.convert(item) for item in value]
        plan = self._plans.get(kind)
        if plan is None:
            plan = self._plans[kind] = _plan(kind)
        attributes = vars(value)
        result = {}
        for name, schema_name, default in plan:
            item = attributes[name]
            if item is None or (default is not None and item == default):
                continue
            result[schema_name] = item if type(item) in _SCALARS else self.convert(item)
        return result


def _plan(kind: type) -> _Plan:
    """For each attribute of a class: its name, its name in the schema, and the value that need not be written."""
    return tuple(
        (field.name, field.metadata["schema_property_name"], None if field.name in _ALWAYS else _default(field.default))
        for field in attr.fields(kind)
    )


def _default(default: Any) -> object:
    factory: Callable[[], object] | None = getattr(default, "factory", None)
    return None if default is attr.NOTHING else factory() if factory else default
