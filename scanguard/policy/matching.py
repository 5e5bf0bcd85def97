"""Match blocks: conditions on facts, answered with true, false, or None where the file does not tell.

Patterns are exact texts in which `*` stands for any text and `?` for one character. They are translated so that each
part between stars is tried at its first place only: no pattern takes more than quadratic time.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from scanguard.build.model import Build
from scanguard.model import glob
from scanguard.model.record import NamedTuple
from scanguard.policy.facts import Fact, Value, instruction_values, stage_values
from scanguard.policy.vocabulary import EVERYWHERE, GLOBS

Truth: TypeAlias = bool | None
_LONGEST = 20_000


class Condition(NamedTuple):
    """What is asked of one attribute: one of the patterns fits, or (`negated`) none does.

    `option` are the names of a command's option whose value is meant. A truth value is the pattern `true` or `false`.
    """

    attribute: str
    patterns: tuple[str, ...]
    negated: bool = False
    option: tuple[str, ...] = ()


class Leaf(NamedTuple):
    """A fact of one kind that fulfils all conditions."""

    kind: str
    conditions: tuple[Condition, ...]


class Every(NamedTuple):
    """All of these."""

    parts: "tuple[Node, ...]"


class Some(NamedTuple):
    """At least one of these."""

    parts: "tuple[Node, ...]"


class Negated(NamedTuple):
    """Not this."""

    part: "Node"


Node: TypeAlias = Leaf | Every | Some | Negated


def holds(node: Node, fact: Fact, build: Build) -> Truth:
    """Whether a fact is what a match block describes."""
    return _evaluate(node, lambda leaf: _leaf(leaf, fact, build))


def always(node: Node, kind: str) -> bool:
    """Whether a block is true of every fact of a kind, whatever its values are."""

    def judge(leaf: Leaf) -> Truth:
        if leaf.kind != kind and leaf.kind not in EVERYWHERE:
            return False
        return True if all(map(_idle, leaf.conditions)) else None

    return _evaluate(node, judge) is True


def subjects(node: Node) -> frozenset[str] | None:
    """The kinds of facts that a block may be true of; None where it only asks about places (stage, instruction)."""
    if isinstance(node, Leaf):
        return None if node.kind in EVERYWHERE else frozenset((node.kind,))
    if isinstance(node, Negated):
        return None
    found = [subjects(part) for part in node.parts]
    known = [one for one in found if one is not None]
    if isinstance(node, Some):
        return None if len(known) < len(found) else frozenset().union(*known)
    return None if not known else known[0].intersection(*known[1:])


def leaves(node: Node, *, negated: bool = False) -> Iterator[tuple[Leaf, bool]]:
    """All leaves, each with whether it stands below a `not`."""
    if isinstance(node, Leaf):
        yield node, negated
    elif isinstance(node, Negated):
        yield from leaves(node.part, negated=True)
    else:
        for part in node.parts:
            yield from leaves(part, negated=negated)


def fits(pattern: str, text: str) -> bool:
    """Whether a pattern stands for the whole of a text; texts are looked at up to 20,000 characters."""
    return _expression(pattern).fullmatch(text[:_LONGEST]) is not None


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> "re.Pattern[str]":
    """Each part between stars in an atomic group: it is never tried again elsewhere."""
    parts = ["".join("." if char == "?" else re.escape(char) for char in part) for part in pattern.split("*")]
    if len(parts) == 1:
        return re.compile(parts[0], re.DOTALL)
    between = "".join(f"(?>.*?{part})" for part in parts[1:-1] if part)
    return re.compile(f"{parts[0]}{between}.*{parts[-1]}", re.DOTALL)


def _evaluate(node: Node, judge: Callable[[Leaf], Truth]) -> Truth:
    """Kleene's logic: what is not known stays so unless the rest decides."""
    if isinstance(node, Leaf):
        return judge(node)
    if isinstance(node, Negated):
        return _not(_evaluate(node.part, judge))
    answers = [_evaluate(part, judge) for part in node.parts]
    return _every(answers) if isinstance(node, Every) else _not(_every(map(_not, answers)))


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _every(answers: Iterable[Truth]) -> Truth:
    known = tuple(answers)
    return False if False in known else None if None in known else True


def _leaf(leaf: Leaf, fact: Fact, build: Build) -> Truth:
    values: Mapping[str, Value]
    if leaf.kind == fact.kind:
        return _every(_condition(one, fact) for one in leaf.conditions)
    if leaf.kind == "stage":
        values = stage_values(build, fact.stage)
    elif leaf.kind == "instruction" and fact.step is not None:
        values = instruction_values(build, fact.step)
    else:
        return False
    place = fact._replace(kind=leaf.kind, values=values)
    return _every(_condition(one, place) for one in leaf.conditions)


def _condition(condition: Condition, fact: Fact) -> Truth:
    if condition.attribute == "arguments":
        found = _arguments(condition, fact)
    elif condition.attribute == "option":
        return _option(condition, fact)
    else:
        found = _value(condition, fact.values.get(condition.attribute))
    return _not(found) if condition.negated else found


def _value(condition: Condition, value: Value) -> Truth:
    if value is None:
        return None
    if isinstance(value, bool):
        return ("true" if value else "false") in condition.patterns
    match = _path_fits if condition.attribute in GLOBS else fits
    return any(match(pattern, text) for pattern in condition.patterns for text in value)


def _path_fits(pattern: str, path: str) -> bool:
    return glob.matches(pattern.removeprefix("/"), path.removeprefix("/")[:_LONGEST])


def _arguments(condition: Condition, fact: Fact) -> Truth:
    """Whether each pattern fits some argument; negated, whether any does (`_condition` turns it round)."""
    arguments = fact.call.arguments if fact.call else ()
    unknown = any(not argument.known for argument in arguments)
    known = [argument.text for argument in arguments if argument.known]
    answers: list[Truth] = [
        any(fits(one, text) for text in known) or (None if unknown else False) for one in condition.patterns
    ]
    return _not(_every(map(_not, answers))) if condition.negated else _every(answers)


def _option(condition: Condition, fact: Fact) -> Truth:
    """Whether the option is given with a value that is meant; not given at all, it is not."""
    answers: list[Truth] = []
    for known, text in _option_values(condition.option, fact):
        fitting = any(fits(pattern, text) for pattern in condition.patterns) if known else None
        answers.append(_not(fitting) if condition.negated else fitting)
    return _not(_every(map(_not, answers)))


def _option_values(names: tuple[str, ...], fact: Fact) -> Iterator[tuple[bool, str]]:
    """The values of an option, written `--name value` or `--name=value`, with whether each is known."""
    arguments = fact.call.arguments if fact.call else ()
    for at, argument in enumerate(arguments):
        name, equals, value = argument.text.partition("=")
        if name in names and equals:
            yield argument.known, value
        elif argument.text in names and at + 1 < len(arguments):
            yield arguments[at + 1].known, arguments[at + 1].text


def _idle(condition: Condition) -> bool:
    """Whether a condition is true of every value."""
    if condition.attribute in ("arguments", "option"):
        return False
    if condition.attribute in GLOBS:
        return not condition.negated and "**" in condition.patterns
    return not condition.negated and any(not pattern.strip("*") and pattern for pattern in condition.patterns)
