"""Commands executed: functions called, shells and other wrappers entered, the rest collected as invocations."""

from collections.abc import Callable, Mapping

from scanguard.build.commands import Argument, Invocation
from scanguard.build.paths import resolve
from scanguard.build.script.builtins import BUILTINS, positional_values
from scanguard.build.script.command import Command
from scanguard.build.script.expansion import fixed
from scanguard.build.script.origin import FileText, Origin
from scanguard.build.script.parameters import Exhausted
from scanguard.build.script.state import State, Value
from scanguard.build.script.walk import MAX_DEPTH, MAX_INVOCATIONS, Walker
from scanguard.build.script.wrappers import (
    SHELLS,
    WRAPPERS,
    Unwrapped,
    shell_call,
    switched_user,
    unwrap,
)
from scanguard.build.script.xargs import found_commands, printed_text, xargs_commands
from scanguard.dockerfile.shell.nodes import ShellWord
from scanguard.dockerfile.shell.parser import parse_script

_BUDGET = 100_000
_MAX_WRAPPERS = 20
_new = tuple.__new__


class Executor(Walker):
    """Walks a script and enters what its commands run in turn."""

    def run_command(self, command: Command) -> None:
        """Take the wrappers off a command and collect what is in it."""
        name = ""
        while command.arguments:
            name = command.name
            if command.arguments[0].text in self.state.functions:
                self._call(command)
                return
            shallow = len(command.wrappers) < _MAX_WRAPPERS
            unwrapped = unwrap(name, command.arguments) if name in WRAPPERS and shallow else None
            if unwrapped is None:
                break
            command = self._unwrapped(name, unwrapped, command)
        if name not in _HANDLERS or len(command.wrappers) >= _MAX_WRAPPERS or not _HANDLERS[name](self, command):
            self.collect(command, name)

    def _unwrapped(self, name: str, unwrapped: Unwrapped, command: Command) -> Command:
        inner = command.inner(unwrapped.command, name)
        for index in unwrapped.environment:
            argument = command.arguments[index]
            variable, _, value = argument.text.partition("=")
            inner.environment.append((variable, argument._replace(text=value)))
        for option, value in unwrapped.options:
            if option in WRAPPERS[name].directory:
                inner.directory = (resolve(self.state.directory, value),)
        return inner

    def collect(self, command: Command, name: str) -> None:
        """Add a command to what was found, and let it act on the shell's state."""
        if len(self.found) >= MAX_INVOCATIONS:
            raise Exhausted
        arguments = command.arguments
        values = (
            name,
            tuple(arguments[1:]),
            command.span,
            arguments[0] if arguments else None,
            command.wrappers,
            tuple(command.environment),
            command.redirects,
            command.text,
            command.input,
            command.inputs,
            self.certain,
            command.directory[0] if command.directory else self.state.directory,
            self.skipped,
        )
        self.found.append(_new(Invocation, values))
        if name in BUILTINS:
            BUILTINS[name](self.state, command)

    def _call(self, command: Command) -> None:
        """Run the body of a function with the arguments as positional parameters."""
        body, origin = self.state.functions[command.arguments[0].text]
        if self.depth >= MAX_DEPTH // 2:
            self.collect(command, command.name)
            return
        saved = self.origin, self.certain
        self._place(command)
        self.origin, self.certain = origin, False
        self._inside(command, command.arguments[1:], lambda: self.run(body))
        self.origin, self.certain = saved

    def _place(self, command: Command) -> None:
        """Before another script is walked: what waits on standard input has its places in this one."""
        if isinstance(command.script, ShellWord):
            command.script = self.derive((command.script,))
        if isinstance(self.script_text, ShellWord):
            self.script_text = self.derive((self.script_text,))

    def _inside(self, command: Command, positional: list[Argument], run: Callable[[], None]) -> None:
        """Run something whose input, output and parameters are those of a command."""
        saved = self.input, self.text, self.script_text, self.redirects, self.wrappers
        parameters = self.state.positional
        self.input, self.redirects, self.wrappers = command.input, command.redirects, command.wrappers
        self.text, self.script_text = command.text, command.script
        self.state.positional = positional_values(positional)
        run()
        self.state.positional = parameters
        self.input, self.text, self.script_text, self.redirects, self.wrappers = saved

    def enter(self, origin: Origin, command: Command, positional: list[Argument], *, same_shell: bool = False) -> bool:
        """Walk a script that a command carries. False where it is nested too deep."""
        if self.depth >= MAX_DEPTH // 2:
            return False
        self.spend(1 + len(origin.text) * self.depth // 8)
        script = parse_script(origin.text)
        outer, parameters, mark = self.origin, self.state.positional, self.state.mark()
        functions = self.state.functions
        self._place(command)
        self.origin = origin
        if same_shell:
            wrappers = self.wrappers
            self.wrappers = command.wrappers
            self.run(script)
            self.wrappers = wrappers
        else:
            self.state.functions = {}
            for name, value in command.environment:
                self.state.assign(name, Value(((value.text, True),), value.variables) if value.known else None)
            if command.directory:
                self.state.directory = command.directory[0]
            self._inside(command, positional, lambda: self.run(script))
            self.state.rollback(mark)
            self.state.functions, self.state.positional = functions, parameters
        self.origin = outer
        return True

    def script_of(self, command: Command, index: int) -> Origin:
        """The script in an argument, with places as exact as they can be."""
        word, argument = command.words[index], command.arguments[index]
        if word is not None:
            return self.derive((word,))
        if command.exact and argument.span.end - argument.span.start == len(argument.text) + 2:
            return FileText(argument.text, ((0, argument.span.start + 1),))
        return fixed(argument)


def _shell(self: Executor, command: Command) -> bool:
    """`sh -c script`, `sh <<EOF`, `echo script | sh`."""
    call = shell_call(command.arguments)
    if call is None:
        return False
    wrapped = command.inner(0, command.name)
    positional = command.arguments[call.operands :]
    if call.script is not None:
        origin = self.script_of(command, call.script)
    else:
        found = _script_on_input(self, command)
        if found is None:
            return False
        origin = found
        wrapped.text = wrapped.script = None
    return self.enter(origin, wrapped, positional)


def _script_on_input(self: Executor, command: Command) -> Origin | None:
    """The script that a shell reads: a heredoc, a here-string, or what echo prints into the pipe."""
    if command.script is not None:
        return self.derive((command.script,)) if isinstance(command.script, ShellWord) else command.script
    printed = printed_text(command.input)
    return None if printed is None else fixed(printed)


def _switch_user(self: Executor, command: Command) -> bool:
    index = switched_user(command.arguments)
    if index is None:
        return False
    return self.enter(self.script_of(command, index), command.inner(0, command.name), [])


def _eval(self: Executor, command: Command) -> bool:
    words = [word for word in command.words[1:] if word is not None]
    if len(command.arguments) < 2:
        return False
    whole = command.inner(0, "eval")
    if len(words) < len(command.words) - 1:
        text = " ".join(argument.text for argument in command.arguments[1:])
        known = all(argument.known for argument in command.arguments)
        origin = fixed(command.arguments[1]._replace(text=text, known=known))
    else:
        origin = self.derive(words)
    return self.enter(origin, whole, [], same_shell=True)


def _xargs(self: Executor, command: Command) -> bool:
    commands = xargs_commands(command)
    for inner in commands:
        self.run_command(inner)
    return bool(commands)


def _find(self: Executor, command: Command) -> bool:
    self.collect(command, "find")
    certain, self.certain = self.certain, False
    for inner in found_commands(command):
        self.run_command(inner)
    self.certain = certain
    return True


_HANDLERS: dict[str, Callable[[Executor, Command], bool]] = {
    **dict.fromkeys(sorted(SHELLS), _shell),
    "su": _switch_user,
    "runuser": _switch_user,
    "eval": _eval,
    "xargs": _xargs,
    "find": _find,
}


def run_script(
    origin: Origin,
    variables: Mapping[str, str],
    directory: str | None,
    wrapper: str,
    keeps: Callable[[frozenset[str]], bool],
) -> list[Invocation]:
    """What a script runs; `keeps` says of variables whether nothing in it sets them.

    A script that would run for too long is followed up to there.
    """
    executor = Executor(State(variables, directory), origin, _BUDGET + len(origin.text))
    executor.wrappers = (wrapper,) if wrapper else ()
    executor.keeps = keeps
    try:
        executor.run(parse_script(origin.text))
    except Exhausted:
        return executor.found
    return executor.found


def run_arguments(
    arguments: list[Argument],
    variables: Mapping[str, str],
    directory: str | None,
    command: Command,
    keeps: Callable[[frozenset[str]], bool],
) -> list[Invocation]:
    """What the words of the JSON form run."""
    executor = Executor(State(variables, directory), fixed(arguments[0]), _BUDGET)
    executor.keeps = keeps
    try:
        executor.run_command(command)
    except Exhausted:
        return executor.found
    return executor.found
