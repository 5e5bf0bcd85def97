"""The variables that a part of a script may change, told from its looks."""

from scanguard.dockerfile.shell.nodes import AndOr, Compound, Node, Opaque, Pipeline, Script, Simple
from scanguard.model.lazily import finder, matcher

_ARITHMETIC = finder(
    r"([A-Za-z_][A-Za-z0-9_]*)[ \t]*(?:(?:[-+*/%&|^]|<<|>>)?=(?!=)|\+\+|--)|(?:\+\+|--)[ \t]*([A-Za-z_][A-Za-z0-9_]*)"
)
_IDENTIFIER = matcher(r"[A-Za-z_][A-Za-z0-9_]*")
READERS = frozenset({"read", "mapfile", "readarray", "getopts", "let", "unset"})
DECLARERS = frozenset({"export", "declare", "typeset", "local", "readonly"})


def assigned_names(node: Node) -> tuple[str, ...]:
    """The names that a node may assign, in the order in which they stand."""
    names: dict[str, None] = {}
    pending: list[Node | Script] = [node]
    while pending:
        one = pending.pop()
        if type(one) is Script:
            pending.extend(one.nodes)
        elif type(one) is AndOr:
            pending.extend(one.parts)
        elif type(one) is Pipeline:
            pending.extend(one.commands)
        elif type(one) is Compound:
            pending.extend(one.bodies)
            if one.kind in ("for", "select") and one.name:
                names[one.name] = None
            for word in one.words:
                for part in word.parts:
                    if type(part) is Opaque and one.kind != "case":
                        names.update((match[1] or match[2], None) for match in _ARITHMETIC(part.text))
        elif type(one) is Simple:
            names.update(_simple(one))
    return tuple(names)


def _simple(node: Simple) -> dict[str, None]:
    names = dict.fromkeys(assignment.name for assignment in node.assignments)
    if node.words and node.words[0].text in READERS | DECLARERS:
        for word in node.words[1:]:
            match = _IDENTIFIER(word.text)
            if match:
                names[match[0]] = None
    return names
