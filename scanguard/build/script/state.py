"""What a running shell knows: variables, arrays, functions, its directory; with a log, so that a branch can be undone."""

from collections.abc import Mapping

from scanguard.build.paths import resolve
from scanguard.build.script.origin import Origin
from scanguard.dockerfile.shell.nodes import Script
from scanguard.model.record import NamedTuple

_PATH_MAX = 4096


class Value(NamedTuple):
    """What a variable holds: pieces of text, each known or as written; a text of None stands between items of an array.

    `names` are the variables that it was made from.
    """

    pieces: tuple[tuple[str | None, bool], ...]
    names: tuple[str, ...] = ()

    @property
    def text(self) -> str | None:
        """The whole text where it is known, else None."""
        if len(self.pieces) == 1:
            text, known = self.pieces[0]
            return text if known else None
        if all(known and text is not None for text, known in self.pieces):
            return "".join([text or "" for text, _ in self.pieces])
        return None


class Outcome(NamedTuple):
    """What a branch changed, and the directory that it ended in."""

    variables: Mapping[str, Value | None]
    directory: str | None


class Mark(NamedTuple):
    """A state to come back to."""

    log: int
    directory: str | None
    stack: tuple[str | None, ...]


class State:
    """The state of one shell. A variable whose value is None, or that is absent, is not known."""

    def __init__(self, environment: Mapping[str, str], directory: str | None) -> None:
        self._environment = environment
        self._variables: dict[str, Value | None] = {}
        self._log: list[tuple[str, bool, Value | None]] = []
        self.directory = directory
        self._stack: tuple[str | None, ...] = ()
        self.previous: str | None = None
        self.positional: tuple[Value, ...] | None = None
        self.functions: dict[str, tuple[Script, Origin]] = {}
        self.sourced = False

    def lookup(self, name: str) -> Value | None:
        """The value of a variable or of a positional parameter; None where it is not known."""
        if name in self._variables:
            return self._variables[name]
        if name in self._environment:
            return Value(((self._environment[name], True),))
        if self.positional is not None:
            if name == "#":
                return Value(((str(len(self.positional)), True),))
            if name.isdecimal() and name != "0" and len(name) < 6:
                at = int(name) - 1
                return self.positional[at] if at < len(self.positional) else Value((("", True),))
        return None

    def inherits(self, name: str) -> bool:
        """Whether a variable still is what the shell was started with."""
        return name in self._environment and name not in self._variables and not self.sourced

    def assign(self, name: str, value: Value | None) -> None:
        """Give a variable a value; None for one that is not known."""
        self._log.append((name, name in self._variables, self._variables.get(name)))
        self._variables[name] = value

    def mark(self) -> Mark:
        """Where we are, for `rollback`."""
        return Mark(len(self._log), self.directory, self._stack)

    def rollback(self, mark: Mark) -> Outcome:
        """Undo everything since a mark; what it was."""
        changed: dict[str, Value | None] = {}
        directory = self.directory
        log = self._log
        for _ in range(len(log) - mark.log):
            name, was_set, before = log.pop()
            if name not in changed:
                changed[name] = self._variables.get(name)
            if was_set:
                self._variables[name] = before
            else:
                self._variables.pop(name, None)
        self.directory, self._stack = mark.directory, mark.stack
        return Outcome(changed, directory)

    def merge(self, outcomes: list[Outcome]) -> None:
        """Go on after branches of which one was taken: what they do not agree on is not known."""
        if not outcomes:
            return
        names = dict.fromkeys(name for outcome in outcomes for name in outcome.variables)
        merged: dict[str, Value | None] = {}
        for name in names:
            values = [
                outcome.variables[name] if name in outcome.variables else self.lookup(name) for outcome in outcomes
            ]
            merged[name] = values[0] if all(value == values[0] for value in values) else None
        for name, value in merged.items():
            self.assign(name, value)
        first = outcomes[0].directory
        self.directory = first if all(outcome.directory == first for outcome in outcomes) else None

    def unchanged(self) -> Outcome:
        """The outcome of a branch that does nothing."""
        return Outcome({}, self.directory)

    def change_directory(self, target: str | None) -> None:
        """`cd`; None for a target that is not known."""
        before = self.directory
        if target == "-":
            self.directory = self.previous
        else:
            self.directory = None if target is None else resolve(self.directory, target)
            if self.directory is not None and len(self.directory) > _PATH_MAX:
                self.directory = None
        self.previous = before

    def push_directory(self, target: str | None) -> None:
        """`pushd`."""
        self._stack = (*self._stack[-50:], self.directory)
        self.change_directory(target)

    def pop_directory(self) -> None:
        """`popd`."""
        self.previous = self.directory
        self.directory = self._stack[-1] if self._stack else None
        self._stack = self._stack[:-1]
