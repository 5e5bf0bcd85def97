"""YAML to plain values that remember where they stand. Loaded only where there is a policy file.

PyYAML's composer recurses, and the one in C takes the process with it on deep nesting; its loader multiplies aliases.
So the events are counted first, and values are built here: no tag of YAML ever constructs anything.
https://yaml.org/spec/1.1/, as PyYAML reads it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import yaml

from scanguard.model.display import displayable
from scanguard.model.errors import ConfigurationError
from scanguard.model.location import Region
from scanguard.model.record import NamedTuple

SIZE_LIMIT: Final = 1_000_000
_DEPTH_LIMIT: Final = 64
_ALIAS_LIMIT: Final = 100
_VALUE_LIMIT: Final = 50_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
_TAG: Final = "tag:yaml.org,2002:"
_TEXTS: Final = frozenset(_TAG + name for name in ("str", "timestamp", "value", "merge"))
_TRUE: Final = frozenset(("yes", "true", "on"))
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:[0-9]{1,50}\.[0-9]{0,50}|\.[0-9]{1,50})(?:[eE][-+]?[0-9]{1,2})?")

Path: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"


class Place(NamedTuple):
    """Where a value stands and, in a mapping, its key; `written` is a scalar as it stands there."""

    value: Region
    key: Region
    written: str


class Document(NamedTuple):
    """A YAML document as plain values. `places` says for each path from the root where that value stands."""

    uri: str
    value: Value
    places: dict[Path, Place]

    def error(self, message: str, path: Path, *, key: bool = False) -> ConfigurationError:
        """An error at a value, or at its key."""
        place = self.places[path]
        return ConfigurationError(displayable(message), self.uri, place.key if key else place.value)


def read_document(data: bytes, uri: str) -> Document:
    """The document in these bytes; an empty one is an empty mapping.

    Raises ConfigurationError, with line and column, for what is no YAML, several documents, a key twice, tags beyond
    the plain ones, more than 1 MB, 64 levels, 100 aliases or 50,000 values.
    """
    text = _text(data, uri)
    try:
        _count(text, uri)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        region = None if mark is None else Region(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
        raise ConfigurationError(f"is not valid YAML: {error.problem or error.context}", uri, region) from None
    builder = _Builder(uri)
    if node is None:
        start = Region(1, 1, 1, 1)
        return Document(uri, {}, {(): Place(start, start, "")})
    value = builder.build(node, (), _region(node), 1)
    return Document(uri, value, builder.places)


def _text(data: bytes, uri: str) -> str:
    if len(data) > SIZE_LIMIT:
        raise ConfigurationError("is larger than 1 MB; a policy is shorter", uri)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        raise ConfigurationError("is not UTF-8 text; save it as UTF-8", uri, _at(before)) from None
    found = _FORBIDDEN.search(text)
    if found is not None:
        message = f"holds the character U+{ord(found[0]):04X}, which YAML forbids"
        raise ConfigurationError(message, uri, _at(text[: found.start()]))
    return text


def _at(before: str) -> Region:
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return Region(line, column, line, column + 1)


def _count(text: str, uri: str) -> None:
    """Go through the events, which takes no recursion, and stop at the first that is too much."""
    depth = aliases = 0
    for values, event in enumerate(_events(text)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        aliases += isinstance(event, yaml.AliasEvent)
        message = ""
        if depth > _DEPTH_LIMIT:
            message = f"is nested deeper than {_DEPTH_LIMIT} levels"
        elif aliases > _ALIAS_LIMIT:
            message = f"has more than {_ALIAS_LIMIT} aliases"
        elif values > 2 * _VALUE_LIMIT:
            message = f"has more than {_VALUE_LIMIT} values"
        if message:
            raise ConfigurationError(f"{message}; no policy needs that", uri, _region(event))


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=_LOADER)


class _Builder:
    """Builds the values of one document."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.places: dict[Path, Place] = {}

    def build(self, node: yaml.Node, path: Path, key: Region, depth: int) -> Value:
        """The value of a node; aliases are copied, so their number of values counts."""
        region = _region(node)
        if depth > _DEPTH_LIMIT:
            raise ConfigurationError("is an alias that contains itself", self.uri, region)
        if len(self.places) >= _VALUE_LIMIT:
            message = f"has more than {_VALUE_LIMIT} values once its aliases are followed"
            raise ConfigurationError(message, self.uri, region)
        self.places[path] = Place(region, key, node.value if isinstance(node, yaml.ScalarNode) else "")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, region)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return [self.build(item, (*path, at), _region(item), depth + 1) for at, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self._mapping(node, path, depth)
        raise self._tag(node, region)

    def _mapping(self, node: yaml.MappingNode, path: Path, depth: int) -> Value:
        values: dict[str, Value] = {}
        for key, value in node.value:
            region = _region(key)
            if not isinstance(key, yaml.ScalarNode):
                raise ConfigurationError("a key must be a plain text", self.uri, region)
            name = key.value
            if name in values:
                raise ConfigurationError(displayable(f"the key '{name}' is given twice"), self.uri, region)
            values[name] = self.build(value, (*path, name), region, depth + 1)
        return values

    def _scalar(self, node: yaml.ScalarNode, region: Region) -> Value:
        text: str = node.value
        if node.tag in _TEXTS:
            return text
        if node.tag == _TAG + "null":
            return None
        if node.tag == _TAG + "bool":
            return text.lower() in _TRUE
        if node.tag == _TAG + "int":
            return int(text) if _INTEGER.fullmatch(text) else text
        if node.tag == _TAG + "float":
            return float(text) if _FLOAT.fullmatch(text) else text
        raise self._tag(node, region)

    def _tag(self, node: yaml.Node, region: Region) -> ConfigurationError:
        name = node.tag.replace(_TAG, "!!", 1)
        return ConfigurationError(displayable(f"the tag '{name}' is not allowed; leave it out"), self.uri, region)


def _region(node: Any) -> Region:
    """Where a node or an event stands."""
    start, end = node.start_mark, node.end_mark
    return Region(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
