"""tree-sitter-bash as a second opinion: the commands of a script as (name, number of arguments)."""

from collections import Counter

from scanguard.dockerfile.shell.nodes import Simple
from scanguard.dockerfile.shell.parser import parse_script
from tests.dockerfile.shell.invariants import nodes

Commands = Counter[tuple[str, int]]
BRACKET = -1


def ours(text: str) -> Commands:
    """The commands that we see."""
    found: Commands = Counter()
    for node in nodes(parse_script(text)):
        if type(node) is Simple and node.words:
            name = node.words[0].text
            found[name, BRACKET if name == "[" else len(node.words) - 1] += 1
    return found


class Oracle:
    """tree-sitter with its grammar of bash."""

    def __init__(self) -> None:
        import tree_sitter
        import tree_sitter_bash

        self._parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))

    def commands(self, text: str) -> tuple[Commands, bool]:
        """The commands that it sees, and whether it understood everything."""
        data = text.encode()
        root = self._parser.parse(data).root_node
        found: Commands = Counter()
        pending = [root]
        while pending:
            node = pending.pop()
            if node.type == "command":
                name = node.child_by_field_name("name")
                text_of_name = data[name.start_byte : name.end_byte].decode() if name else ""
                found[text_of_name, len(node.children_by_field_name("argument"))] += 1
            elif node.type in ("declaration_command", "unset_command"):
                found[node.children[0].type, len(node.named_children)] += 1
            elif node.type == "test_command" and node.children[0].type == "[":
                found["[", BRACKET] += 1
            pending.extend(node.children)
        return found, not root.has_error
