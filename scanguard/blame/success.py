"""What a script certainly did, given that the build went on after it: which of its commands succeeded.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_09
"""

import re
from collections.abc import Iterator, Sequence

from scanguard.build.model import BuildStep
from scanguard.build.script.forms import script
from scanguard.dockerfile.shell.nodes import (
    AndOr,
    Assignment,
    Compound,
    Node,
    Parameter,
    Pipeline,
    Script,
    ShellWord,
    Simple,
)
from scanguard.dockerfile.shell.parser import parse_script
from scanguard.model.record import NamedTuple

RULING = frozenset("PATH CDPATH IFS BASH_ENV SHELLOPTS BASHOPTS GLOBIGNORE LD_PRELOAD LD_AUDIT".split())
"""Variables by which other programs run, or the same ones do other things: https://man7.org/linux/man-pages/man8/ld.so.8.html"""

_DECLARERS = frozenset("export read unset".split())
_OPTIONS = frozenset("errexit nounset xtrace verbose pipefail".split())
_LOOPS = frozenset(("for", "select", "while", "until"))
_NAME = re.compile(r"-[a-z]+|([A-Za-z_][A-Za-z0-9_]*)(?=$|=)")
_LONGEST = 16_384


class Success(NamedTuple):
    """`ends` are where in the file the commands end that certainly succeeded.

    `settled` says that each `cd` is among them: only then a relative path leads where the words say. `shell` says that a
    shell ran it, which has some commands built in.
    """

    ends: frozenset[int]
    settled: bool
    shell: bool


def success(step: BuildStep) -> Success | None:
    """What succeeded in a RUN; None where something in its script changes what the words of others mean."""
    if step.instruction.json:
        return Success(frozenset(call.span.end for call in step.invocations), True, False)
    origin = script(step.instruction)
    if len(origin.text) > _LONGEST:
        return None
    tree = parse_script(origin.text)
    parts = tuple(_parts(tree))
    ends = {id(one): origin.span(one.start, one.end).end for one in parts if type(one) is Simple and one.words}
    # Of a script that takes too long only the beginning is known.
    if not all(map(_plain, parts)) or not {call.span.end for call in step.invocations}.issuperset(ends.values()):
        return None
    done = {id(one) for one in _succeeded(tree)}
    moves = [one for one in parts if type(one) is Simple and _name(one) in ("cd", "chdir")]
    settled = all(id(one) in done and not any(word.text.startswith("-") for word in one.words) for one in moves)
    return Success(frozenset(ends[one] for one in done if one in ends), settled, True)


def _parts(tree: object) -> Iterator[object]:
    """A tree with all that is in it: commands, words, and the scripts in these."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tuple):
            yield one
            waiting.extend(one)


def _name(command: Simple) -> str:
    return (command.words[0].value or "") if command.words else ""


def _plain(part: object) -> bool:
    """Whether a part of a script leaves it at what the words of the other parts say."""
    if type(part) is Script:
        return not part.problems
    if type(part) is Assignment:
        return part.name not in RULING
    if type(part) is Parameter:
        return part.name not in RULING or part.operator not in ("=", ":=")
    if type(part) is Compound:
        loop = part.kind in _LOOPS
        inner = loop and any(type(one) is Compound and one.kind in _LOOPS for one in _parts(part.bodies))
        return part.kind != "function" and part.name not in RULING and not inner
    return type(part) is not Simple or not part.words or _plain_command(_name(part), part.words[1:])


def _plain_command(name: str, words: Sequence[ShellWord]) -> bool:
    if name == "set":
        return _options(words) is not None
    if name == "printf":
        return all(word.value != "-v" for word in words)
    if name in _DECLARERS:
        named = [_NAME.match(word.text) for word in words]
        return all(one is not None and one[1] not in RULING for one in named)
    return bool(name)


def _options(words: Sequence[ShellWord]) -> str | None:
    """The letters that `set` switches on and off with their signs; None for one that changes what is executed and how.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set
    """
    result, waiting = "", [word.value for word in words]
    while waiting:
        word = waiting.pop(0)
        if word is None or word[:1] not in ("-", "+"):
            return None
        if word == "--":
            return result
        for letter in word[1:]:
            long = waiting.pop(0) if letter == "o" and waiting else ""
            if letter not in "euxvo" or (letter == "o" and long not in _OPTIONS):
                return None
            result += word[0] + ("e" if long == "errexit" else letter)
    return result


def _succeeded(tree: Script) -> Iterator[Simple]:
    """The commands that have all succeeded where the script has.

    It ends at the first one that fails under `set -e`, which does not look at what stands before `&&` and `||`.
    """
    lenient = any(type(one) is Simple and "+e" in (_set(one) or "") for one in _parts(tree))
    strict = False
    for index, node in enumerate(tree.nodes):
        if any(type(one) is Simple and _exits(one) == "0" for one in _parts(node)):
            return
        if tree.background[index]:
            continue
        if index == len(tree.nodes) - 1 or (strict and type(node) is not AndOr) or _guarded(node):
            yield from _needed(node)
        first = node.parts[0] if type(node) is AndOr else node
        strict = strict or (not lenient and type(first) is Simple and "-e" in (_set(first) or ""))


def _set(command: Simple) -> str | None:
    return _options(command.words[1:]) if _name(command) == "set" else ""


def _exits(command: Simple) -> str:
    """`1` where a command ends the script as one that failed, `0` where it may end it as another, else an empty text."""
    if _name(command) != "exit":
        return ""
    status = (command.words[1].value or "") if len(command.words) == 2 else ""
    return "1" if status.isascii() and status.isdecimal() and len(status) < 4 and 0 < int(status) < 256 else "0"


def _guarded(node: Node) -> bool:
    """`… || exit 1`: the script goes on only where what stands before has succeeded."""
    return type(node) is AndOr and node.operators[-1] == "||" and _fails(node.parts[-1])


def _fails(node: Node) -> bool:
    """Whether the script ends here, as one that failed."""
    if type(node) is Compound and node.kind == "group" and node.bodies[0].nodes and not node.bodies[0].background[-1]:
        return _fails(node.bodies[0].nodes[-1])
    return type(node) is Simple and _exits(node) == "1"


def _needed(node: Node) -> Iterator[Simple]:
    """The commands without whose success a node has none."""
    if type(node) is Simple:
        yield node
    elif type(node) is Pipeline and not node.negated:
        yield from _needed(node.commands[-1])
    elif type(node) is AndOr:
        for part, operator in zip(reversed(node.parts), (*reversed(node.operators), "&&"), strict=True):
            if operator == "&&":
                yield from _needed(part)
            elif not _fails(part):
                return
