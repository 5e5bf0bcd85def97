"""Simple commands: assignments, redirections, and the scripts inside their words.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_09_01
"""

from collections.abc import Callable

from scanguard.build.commands import Argument, Invocation
from scanguard.build.script.command import Command, Redirects
from scanguard.build.script.expansion import Expander
from scanguard.build.script.origin import Origin
from scanguard.build.script.parameters import MAX_NAMES
from scanguard.build.script.state import State, Value
from scanguard.dockerfile.shell.nodes import (
    Assignment,
    Literal,
    Parameter,
    Redirect,
    Script,
    ShellWord,
    Simple,
    Substitution,
)
from scanguard.model.location import Span

_HEREDOCS = frozenset({"<<", "<<-"})


class SimpleCommands(Expander):
    """Turns simple commands into commands with arguments, and collects what they run in `found`."""

    def __init__(self, state: State, origin: Origin, budget: int) -> None:
        super().__init__(state, origin, budget)
        self.found: list[Invocation] = []
        self.certain = True
        self.skipped = False
        # Whether nothing in the whole instruction may set these variables; doubtful unless told.
        self.keeps: Callable[[frozenset[str]], bool] = lambda names: False
        self.input: Invocation | None = None
        self.text: Argument | None = None
        self.script_text: ShellWord | Origin | None = None
        self.redirects: Redirects = ()
        self.wrappers: tuple[str, ...] = ()
        self.depth = 0

    def run_command(self, command: Command) -> None:
        """Take the wrappers off a command and collect what is in it."""
        raise NotImplementedError

    def run(self, script: Script) -> None:
        """Walk the commands of a script in this shell."""
        raise NotImplementedError

    def simple(self, node: Simple) -> None:
        """Expand the words of a simple command and run it, what its substitutions run before it."""
        before = len(self.found)
        if node.assignments or node.redirects:
            self._substitutions_before(node)
        arguments: list[Argument] = []
        words: list[ShellWord | None] = []
        for word in node.words:
            parts = word.parts
            if len(parts) > 1 or (parts and type(parts[0]) is not Literal):
                self.substitutions((word,))
            self.fields(word, arguments, words)
        inputs = tuple(self.found[before:]) if len(self.found) > before else ()
        self.spend(len(arguments) // 2)
        if not arguments:
            for assignment in node.assignments:
                self._assign(assignment)
            if not node.redirects:
                return
        command = Command(arguments, words, self._span(node))
        command.inputs = inputs
        command.wrappers = self.wrappers
        command.input = self.input
        command.redirects, command.text, command.script = self.redirects, self.text, self.script_text
        if node.redirects:
            more, text, script = self.redirections(node.redirects)
            command.redirects = (*self.redirects, *more) if self.redirects else more
            if text is not None:
                command.text, command.script = text, script
        if node.assignments and arguments:
            for assignment in node.assignments:
                if assignment.value is not None:
                    command.environment.append((assignment.name, self.argument(assignment.value)))
            self._with_environment(node, command)
        else:
            self.run_command(command)

    def _span(self, node: Simple) -> Span:
        return self.origin.span(node.start, node.end)

    def _with_environment(self, node: Simple, command: Command) -> None:
        """`A=b command`: the assignment holds for the command alone, but scripts in it see it."""
        mark = self.state.mark()
        for assignment in node.assignments:
            self._assign(assignment)
        names = {assignment.name for assignment in node.assignments}
        self.run_command(command)
        outcome = self.state.rollback(mark)
        for name, value in outcome.variables.items():
            if name not in names:
                self.state.assign(name, value)
        self.state.directory = outcome.directory

    def _assign(self, assignment: Assignment) -> None:
        written = assignment.value
        value = self._array(assignment.items) if written is None else self.value(written)
        indexed = self.origin.text.startswith("[", assignment.start + len(assignment.name))
        if assignment.append or indexed:
            value = None if indexed else self._appended(assignment, value)
        self.state.assign(assignment.name, value)

    def _appended(self, assignment: Assignment, value: Value | None) -> Value | None:
        before = self.state.lookup(assignment.name)
        if before is None or value is None:
            return None
        pieces = before.pieces
        if assignment.value is None:
            pieces = (*pieces, (None, True))
        self.spend(len(pieces) + sum([len(text or "") for text, _ in pieces]) // 40)
        names = tuple(dict.fromkeys((*before.names, *value.names)))[:MAX_NAMES]
        return Value((*pieces, *value.pieces), names)

    def _array(self, words: tuple[ShellWord, ...]) -> Value | None:
        arguments: list[Argument] = []
        for word in words:
            self.fields(word, arguments, [])
        pieces: list[tuple[str | None, bool]] = []
        for argument in arguments:
            if pieces:
                pieces.append((None, True))
            pieces.append((argument.text, argument.known))
        names = tuple(dict.fromkeys([name for argument in arguments for name in argument.variables]))[:MAX_NAMES]
        return Value(tuple(pieces) or (("", True),), names)

    def redirections(self, redirects: tuple[Redirect, ...]) -> tuple[Redirects, Argument | None, ShellWord | None]:
        """Operators with their targets, and the text of a heredoc or here-string."""
        found = []
        text, script = None, None
        for redirect in redirects:
            operator, descriptor = redirect.operator, redirect.descriptor
            if operator in _HEREDOCS or operator == "<<<":
                body = redirect.target if operator == "<<<" else redirect.heredoc
                if body is not None and descriptor in ("", "0"):
                    text, script = self.argument(body), body
                continue
            if descriptor and descriptor != ("0" if operator[0] == "<" else "1"):
                operator = descriptor + operator
            found.append((operator, self.argument(redirect.target)))
        return tuple(found), text, script

    def _substitutions_before(self, node: Simple) -> None:
        for assignment in node.assignments:
            if assignment.value is not None:
                self.substitutions((assignment.value,))
            elif assignment.items:
                self.substitutions(assignment.items)
        if node.redirects:
            self.substitutions_of(node.redirects)

    def substitutions_of(self, redirects: tuple[Redirect, ...]) -> None:
        """Walk the scripts in the targets and texts of redirections."""
        for redirect in redirects:
            self.substitutions((redirect.target,) if redirect.heredoc is None else (redirect.heredoc,))

    def substitutions(self, words: tuple[ShellWord, ...]) -> None:
        """Walk the scripts of the `$(…)` and `<(…)` in words."""
        for word in words:
            for part in word.parts:
                if type(part) is Substitution:
                    if part.start not in self.origin.ran:
                        self._substitution(part)
                elif type(part) is Parameter and part.argument is not None:
                    self.substitutions((part.argument,))

    def _substitution(self, part: Substitution) -> None:
        mark = self.state.mark()
        saved = self.redirects, self.input, self.text, self.script_text
        self.redirects, self.input, self.text, self.script_text = (), None, None, None
        self.run(part.script)
        self.redirects, self.input, self.text, self.script_text = saved
        self.state.rollback(mark)
