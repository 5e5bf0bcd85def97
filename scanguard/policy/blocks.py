"""Match blocks as a policy writes them, read into conditions."""

from collections.abc import Iterator, Mapping
from typing import Any

from scanguard.model.glob import translate
from scanguard.model.spelling import nearest
from scanguard.policy.document import Document, Path
from scanguard.policy.matching import Condition, Every, Leaf, Negated, Node, Some
from scanguard.policy.vocabulary import GLOBS, KINDS, TRUTHS

DEPTH_LIMIT = 8
_PARTS_LIMIT = 200


def read_block(document: Document, value: Mapping[str, Any], path: Path) -> Node:
    """A block of the right form. Raises ConfigurationError for words that are none, and blocks too deep or too large."""
    reader = _Reader(document)
    return reader.block(value, path, 1)


class _Reader:
    """Reads one block and counts its parts."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.parts = 0

    def block(self, value: Mapping[str, Any], path: Path, depth: int) -> Node:
        """All entries of a mapping, together."""
        self.parts += 1
        if depth > DEPTH_LIMIT:
            raise self.document.error(f"blocks are nested deeper than {DEPTH_LIMIT} levels", path)
        if self.parts > _PARTS_LIMIT:
            raise self.document.error(f"a rule has more than {_PARTS_LIMIT} blocks", path)
        nodes = tuple(self._entry(key, one, (*path, key), depth) for key, one in value.items())
        return nodes[0] if len(nodes) == 1 else Every(nodes)

    def _entry(self, key: str, value: Any, path: Path, depth: int) -> Node:
        if key == "not":
            return Negated(self.block(value, path, depth + 1))
        if key in ("all", "any"):
            parts = tuple(self.block(one, (*path, at), depth + 1) for at, one in enumerate(value))
            return Every(parts) if key == "all" else Some(parts)
        return Leaf(key, tuple(self._conditions(key, value, path)))

    def _conditions(self, kind: str, value: Mapping[str, Any], path: Path) -> Iterator[Condition]:
        for attribute, wanted in value.items():
            here: Path = (*path, attribute)
            if attribute not in KINDS[kind]:
                guess = nearest(attribute, KINDS[kind])
                hint = f"did you mean '{guess}'?" if guess else f"it has {', '.join(KINDS[kind])}"
                raise self.document.error(f"{kind} has no '{attribute}'; {hint}", here, key=True)
            if attribute in TRUTHS:
                yield self._truth(attribute, wanted, here)
            elif attribute == "option":
                yield self._option(wanted, here)
            else:
                yield self._condition(attribute, wanted, here)

    def _truth(self, attribute: str, wanted: Any, path: Path) -> Condition:
        if not isinstance(wanted, bool):
            raise self.document.error(f"'{attribute}' must be true or false", path)
        return Condition(attribute, ("true" if wanted else "false",))

    def _option(self, wanted: Any, path: Path) -> Condition:
        if not isinstance(wanted, dict) or set(wanted) != {"name", "value"}:
            raise self.document.error("'option' must be a mapping with name and value", path)
        names = tuple(self._patterns(wanted["name"], (*path, "name")))
        return self._condition("option", wanted["value"], (*path, "value"))._replace(option=names)

    def _condition(self, attribute: str, wanted: Any, path: Path) -> Condition:
        negated = isinstance(wanted, dict)
        if negated:
            if set(wanted) != {"not"}:
                raise self.document.error(f"'{attribute}' must be a text, a list of texts, or a mapping with not", path)
            wanted, path = wanted["not"], (*path, "not")
        patterns = tuple(self._patterns(wanted, path))
        if attribute in GLOBS:
            for pattern in patterns:
                if translate(pattern.removeprefix("/")) is None or not pattern.removeprefix("/"):
                    raise self.document.error(f"'{pattern}' is not a glob: a bracket or a backslash stands open", path)
        if attribute == "keyword":
            patterns = tuple(pattern.upper() for pattern in patterns)
        return Condition(attribute, patterns, negated)

    def _patterns(self, wanted: Any, path: Path) -> Iterator[str]:
        """One text or several; numbers as they are written."""
        if isinstance(wanted, dict) or wanted is None or wanted == []:
            raise self.document.error("this must be a text or a list of texts", path)
        if isinstance(wanted, list):
            for at in range(len(wanted)):
                yield from self._patterns(wanted[at], (*path, at))
        else:
            yield self.document.places[path].written
