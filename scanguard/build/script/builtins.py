"""Commands that the shell itself understands: tests, ends of a branch, and what changes variables or the directory."""

from collections.abc import Callable, Sequence

from scanguard.build.commands import Argument
from scanguard.build.script.command import Command
from scanguard.build.script.names import DECLARERS, READERS
from scanguard.build.script.state import State, Value
from scanguard.build.script.wrappers import ASSIGNMENT
from scanguard.dockerfile.shell.nodes import AndOr, Compound, Node, Pipeline, Script, Simple

_TESTS = frozenset({"[", "test", "which", "type", "hash", "false", "getent", "id", "pgrep"})
_GREPS = frozenset({"grep", "egrep", "fgrep", "zgrep", "rg"})
_PATTERN = frozenset("*?[")
_ENDS = frozenset({"exit", "return", "exec", "break", "continue"})


def is_test(node: Node) -> bool:
    """Whether a command is there for its exit status."""
    if type(node) is Pipeline:
        return node.negated or is_test(node.commands[-1])
    if type(node) is Compound:
        return node.kind in ("test", "arithmetic")
    if type(node) is not Simple or not node.words:
        return False
    name = node.words[0].text
    if name in _TESTS:
        return True
    flags = [word.text for word in node.words[1:] if word.text.startswith("-")]
    if name == "command":
        return any(flag in ("-v", "-V") for flag in flags)
    if name in _GREPS:
        return any(flag in ("--quiet", "--silent") or (flag[:2] != "--" and "q" in flag) for flag in flags)
    return False


def fails(operands: Sequence[Argument]) -> bool:
    """Whether a test of texts is known to fail. False where it succeeds, cannot tell or tests something else.

    https://pubs.opengroup.org/onlinepubs/9699919799/utilities/test.html
    """
    if not all(one.known for one in operands):
        return False
    words = [one.text for one in operands]
    if len(words) == 2:
        return (words[0] == "-n" and not words[1]) or (words[0] == "-z" and bool(words[1]))
    if len(words) != 3 or not _PATTERN.isdisjoint(words[2]):
        return False
    left, operator, right = words
    return (operator in ("=", "==") and left != right) or (operator == "!=" and left == right)


def ends_branch(what: Node | Script) -> bool:
    """Whether nothing is executed after this, as far as its last command tells."""
    while True:
        if type(what) is Script:
            if not what.nodes:
                return False
            what = what.nodes[-1]
        elif type(what) is AndOr:
            if "||" in what.operators:
                return False
            what = what.parts[-1]
        elif type(what) is Compound and what.kind in ("group", "subshell") and what.bodies:
            what = what.bodies[0]
        else:
            break
    return type(what) is Simple and bool(what.words) and what.words[0].text in _ENDS


def _cd(state: State, command: Command) -> None:
    state.change_directory(_target(state, command))


def _pushd(state: State, command: Command) -> None:
    state.push_directory(_target(state, command))


def _target(state: State, command: Command) -> str | None:
    """The operand of cd; without one it is the home directory."""
    for argument in command.arguments[1:]:
        if argument.text in ("-", "--") or not argument.text.startswith("-"):
            if argument.text == "--":
                continue
            return argument.text if argument.known else None
    home = state.lookup("HOME")
    return None if home is None else home.text


def _popd(state: State, command: Command) -> None:
    state.pop_directory()


def _declare(state: State, command: Command) -> None:
    for argument, word in zip(command.arguments[1:], command.words[1:], strict=True):
        match = ASSIGNMENT(argument.text)
        if match:
            text = argument.text[match.end() :]
            array = word is not None and text.startswith("(") and not argument.known
            known = Value(((text, argument.known),), argument.variables)
            bare = not argument.known and (array or word is None or _is_bare(text))
            state.assign(match[1], None if bare else known)


def _is_bare(text: str) -> bool:
    return text[:1] in "$`" and " " not in text


def _source(state: State, command: Command) -> None:
    """`. file`: what it sets is not known."""
    state.sourced = True


def _forget(state: State, command: Command) -> None:
    for argument in command.arguments[1:]:
        match = ASSIGNMENT(argument.text)
        name = match[1] if match else argument.text.strip("+-")
        if name.isidentifier():
            state.assign(name, None)


def _unset(state: State, command: Command) -> None:
    for argument in command.arguments[1:]:
        if argument.text.isidentifier():
            state.assign(argument.text, Value((("", True),)))


def _set(state: State, command: Command) -> None:
    index = 1
    while index < len(command.arguments):
        text = command.arguments[index].text
        if text[:1] not in ("-", "+") or text == "--":
            break
        index += 1 + (text[1:].count("o") > 0)
    operands = command.arguments[index:]
    if operands:
        state.positional = positional_values(operands[operands[0].text == "--" :])


def positional_values(arguments: Sequence[Argument]) -> tuple[Value, ...]:
    """Arguments as the positional parameters of a function or a script."""
    return tuple(Value(((one.text, one.known),), one.variables) for one in arguments)


def _shift(state: State, command: Command) -> None:
    count = command.arguments[1].text if len(command.arguments) > 1 else "1"
    if state.positional is not None:
        state.positional = state.positional[int(count) :] if count.isdecimal() and len(count) < 5 else None


def _printf(state: State, command: Command) -> None:
    if len(command.arguments) > 2 and command.arguments[1].text == "-v":
        state.assign(command.arguments[2].text, None)


BUILTINS: dict[str, Callable[[State, Command], None]] = {
    "cd": _cd,
    "chdir": _cd,
    "pushd": _pushd,
    "popd": _popd,
    "set": _set,
    "shift": _shift,
    "printf": _printf,
    **dict.fromkeys(sorted(READERS), _forget),
    **dict.fromkeys(sorted(DECLARERS), _declare),
    "unset": _unset,
    ".": _source,
    "source": _source,
}
