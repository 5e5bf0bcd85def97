"""What holds for the tree of any text, and the tree written down in short."""

from scanguard.dockerfile.shell.nodes import (
    AndOr,
    Assignment,
    Compound,
    Literal,
    Opaque,
    Parameter,
    Pipeline,
    Redirect,
    Script,
    ShellWord,
    Simple,
    Substitution,
)
from scanguard.dockerfile.shell.parser import parse_script

NODES = (
    Script,
    Simple,
    Pipeline,
    AndOr,
    Compound,
    Assignment,
    Redirect,
    ShellWord,
    Literal,
    Opaque,
    Parameter,
    Substitution,
)


def nodes(tree):
    """All nodes of a tree, in no particular order."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if type(node) in NODES:
            yield node
        pending.extend(child for child in node if isinstance(child, tuple))


def check_places(text: str) -> Script:
    """Parse a text and make sure that every place in its tree is right."""
    script = parse_script(text)
    for node in nodes(script):
        assert 0 <= node.start <= node.end <= len(text), node
        if type(node) in (ShellWord, Opaque):
            assert text[node.start : node.end] == node.text, node
        if type(node) is ShellWord:
            ends = [part.end for part in node.parts]
            assert all(node.start <= part.start and part.end <= node.end for part in node.parts), node
            assert ends == sorted(ends), node
        if type(node) is Script:
            assert len(node.background) == len(node.nodes)
        if type(node) is AndOr:
            assert len(node.operators) == len(node.parts) - 1 > 0
        if type(node) is Pipeline:
            assert len(node.commands) > 1 or node.negated
    for message, offset in script.problems:
        assert message
        assert 0 <= offset <= len(text)
    return script


def brief(node) -> str:
    """A node in short: enough to see the whole structure in one line."""
    kind = type(node)
    if kind is Script:
        marks = ["&" if one else ";" for one in node.background]
        return " ".join(f"{brief(one)}{mark}" for one, mark in zip(node.nodes, marks, strict=True))
    if kind is AndOr:
        rest = zip(node.operators, node.parts[1:], strict=True)
        return f"[{brief(node.parts[0])}" + "".join(f" {operator} {brief(part)}" for operator, part in rest) + "]"
    if kind is Pipeline:
        return ("!" if node.negated else "") + "<" + " | ".join(map(brief, node.commands)) + ">"
    if kind is Compound:
        words = " ".join(map(brief, node.words))
        bodies = " ".join(f"{{{brief(body)}}}" for body in node.bodies)
        return " ".join(filter(None, [f"({node.kind}", node.name, words, bodies, *map(brief, node.redirects)])) + ")"
    if kind is Simple:
        return " ".join(map(brief, (*node.assignments, *node.words, *node.redirects)))
    if kind is Assignment:
        value = f"({' '.join(map(brief, node.items))})" if node.value is None else brief(node.value)
        return f"{node.name}{'+' if node.append else ''}:={value}"
    if kind is Redirect:
        heredoc = "" if node.heredoc is None else f"={brief(node.heredoc)}"
        return f"{node.descriptor}{node.operator}{brief(node.target)}{heredoc}"
    return _word(node)


def _word(node) -> str:
    kind = type(node)
    if kind is ShellWord:
        merged = []
        for part in node.parts:
            if type(part) is Literal and merged and type(merged[-1]) is Literal and merged[-1].quoted == part.quoted:
                merged[-1] = merged[-1]._replace(text=merged[-1].text + part.text)
            else:
                merged.append(part)
        return "".join(map(_word, merged))
    if kind is Literal:
        return repr(node.text) if node.quoted else node.text
    if kind is Parameter:
        argument = "" if node.argument is None else brief(node.argument)
        return f"{'q' if node.quoted else ''}${{{node.name}{node.operator}{argument}}}"
    if kind is Substitution:
        return f"{'q' if node.quoted else ''}{node.kind}({brief(node.script)})"
    return f"«{node.text}»"
