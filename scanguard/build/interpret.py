"""A shell that runs nothing: it walks a script in the order of execution and says which commands it would start.

What it cannot know stays unknown; both sides of a condition are walked, and what they run is not certain.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from scanguard.build.commands import Argument, Invocation
from scanguard.build.paths import resolve
from scanguard.build.words import WordReader
from scanguard.build.wrappers import inner_script, unwrapped
from scanguard.dockerfile.shell.nodes import (
    AndOr,
    Compound,
    Node,
    Pipeline,
    Redirect,
    Script,
    ShellWord,
    Simple,
    Substitution,
)
from scanguard.dockerfile.shell.parser import parse_script
from scanguard.model.location import Span

DEEPEST = 20
MOST = 20_000
MOST_ITEMS = 200
_SETTERS = frozenset(("export", "declare", "local", "readonly", "typeset"))
_HERE = frozenset(("<<", "<<-", "<<<"))


class Interpreter:
    """The state of one shell: variables, functions, the working directory."""

    def __init__(
        self, place: Callable[[int, int], Span], variables: Mapping[str, str], directory: str | None, depth: int = 0
    ) -> None:
        self.place = place
        self.reader = WordReader(place, dict(variables))
        self.directory = directory
        self.functions: dict[str, Compound] = {}
        self.depth = depth
        self.count = 0

    def run(self, script: Script, *, certain: bool = True) -> Iterator[Invocation]:
        """The commands of a script, in order."""
        if self.depth >= DEEPEST:
            return
        self.depth += 1
        for node in script.nodes:
            yield from self._node(node, None, certain=certain)
        self.depth -= 1

    def exec_form(self, words: tuple[Argument, ...], span: Span) -> Iterator[Invocation]:
        """The command of a JSON form."""
        yield from self._call(Invocation("", (), span, directory=self.directory), words)

    def _node(self, node: Node, input: Invocation | None, *, certain: bool) -> Iterator[Invocation]:
        if self.count > MOST:
            return
        if isinstance(node, Simple):
            yield from self._simple(node, input, certain=certain)
        elif isinstance(node, Pipeline):
            yield from self._pipeline(node, certain=certain)
        elif isinstance(node, AndOr):
            yield from self._and_or(node, certain=certain)
        else:
            yield from self._compound(node, input, certain=certain)

    def _pipeline(self, node: Pipeline, *, certain: bool) -> Iterator[Invocation]:
        """Each command reads what the one before it prints."""
        before: Invocation | None = None
        for command in node.commands:
            last = None
            for call in self._node(command, before, certain=certain):
                yield call
                last = call
            before = last

    def _and_or(self, node: AndOr, *, certain: bool) -> Iterator[Invocation]:
        """`a && b` goes on as if all went well; what stands after `||` may not run, and neither may `[ … ] && b`."""
        here = certain
        for at, part in enumerate(node.parts):
            if at:
                previous = node.parts[at - 1]
                here = certain and node.operators[at - 1] == "&&" and not _is_test(previous)
            yield from self._node(part, None, certain=here)

    def _compound(self, node: Compound, input: Invocation | None, *, certain: bool) -> Iterator[Invocation]:
        if node.kind == "function":
            self.functions[node.name] = node
            return
        if node.kind in ("for", "select") and node.words:
            yield from self._loop(node, certain=certain)
            return
        saved = (self.directory, dict(self.reader.variables))
        sure = certain and node.kind in ("group", "subshell")
        for at, body in enumerate(node.bodies):
            first = at == 0 and node.kind in ("if", "while", "until")
            for call in self.run(body, certain=sure or (certain and first)):
                yield call._replace(input=input) if input is not None and call.input is None else call
        if node.kind == "subshell":
            self.directory, self.reader.variables = saved

    def _loop(self, node: Compound, *, certain: bool) -> Iterator[Invocation]:
        """`for name in items`: the body once for each item."""
        items = [item for word in node.words for item in self.reader.arguments(word)]
        for item in items[:MOST_ITEMS]:
            self.reader.assign(node.name, item)
            for body in node.bodies:
                yield from self.run(body, certain=certain)

    def _simple(self, node: Simple, input: Invocation | None, *, certain: bool) -> Iterator[Invocation]:
        inner: list[Invocation] = []
        for call in self._substitutions(node):
            inner.append(call)
            yield call
        environment = tuple((one.name, self.reader.argument(one.value)) for one in node.assignments if one.value)
        arguments = tuple(argument for word in node.words for argument in self.reader.arguments(word))
        if not node.words:
            for name, value in environment:
                self.reader.assign(name, value)
        redirects = tuple(
            (one.operator, self.reader.argument(one.target)) for one in node.redirects if one.operator not in _HERE
        )
        if not arguments and not redirects:
            return
        call = Invocation(
            "",
            (),
            self.place(node.start, node.end),
            environment=environment,
            redirects=redirects,
            text=self._given(node.redirects),
            input=input,
            inputs=tuple(inner),
            certain=certain,
            directory=self.directory,
        )
        yield from self._call(call, arguments)

    def _given(self, redirects: Sequence[Redirect]) -> Argument | None:
        """The text that a heredoc or a here-string puts on standard input."""
        for one in reversed(redirects):
            if one.heredoc is not None:
                return self.reader.argument(one.heredoc)
            if one.operator == "<<<":
                return self.reader.argument(one.target)
        return None

    def _substitutions(self, node: Simple) -> Iterator[Invocation]:
        """The commands inside `$(…)`, `<(…)` and backquotes, each in a shell of its own."""
        words: list[ShellWord] = [*node.words, *(one.target for one in node.redirects)]
        words.extend(one.value for one in node.assignments if one.value is not None)
        for word in words:
            for part in word.parts:
                if isinstance(part, Substitution):
                    saved = (self.directory, dict(self.reader.variables))
                    yield from self.run(part.script)
                    self.directory, self.reader.variables = saved

    def _call(self, call: Invocation, words: tuple[Argument, ...]) -> Iterator[Invocation]:
        """One command line: a function's body, a shell's script, or the command itself without its wrappers."""
        self.count += 1
        if not words:
            yield call
            return
        name = _name(words[0])
        if name in self.functions and words[0].text == name and self.depth < DEEPEST:
            yield from self._function(self.functions[name], words, certain=call.certain)
            return
        self._effects(name, words)
        script = inner_script(name, words, call)
        if script is not None and len(call.wrappers) < DEEPEST:
            yield from self._inner(script, name, call)
            return
        rest = unwrapped(name, words, call.input)
        if rest and len(call.wrappers) < DEEPEST:
            yield from self._call(call._replace(wrappers=(*call.wrappers, name)), rest)
            return
        yield call._replace(name=name, program=words[0], arguments=words[1:])

    def _function(self, function: Compound, words: tuple[Argument, ...], *, certain: bool) -> Iterator[Invocation]:
        """A function of the script: its body with the positional parameters set."""
        saved = dict(self.reader.variables)
        for at, argument in enumerate(words[1:], 1):
            self.reader.assign(str(at), argument)
        for body in function.bodies:
            yield from self.run(body, certain=certain)
        positional = {str(at) for at in range(len(words))}
        self.reader.variables = {
            name: value for name, value in self.reader.variables.items() if name not in positional or name in saved
        }

    def _inner(self, script: Argument, name: str, call: Invocation) -> Iterator[Invocation]:
        """`sh -c '…'` and `eval '…'`: the text is a script of its own."""
        inside = Interpreter(
            self.reader.inside(script), self.reader.variables, self.directory, self.depth + len(call.wrappers) + 1
        )
        inside.functions = self.functions
        wrappers = (*call.wrappers, name)
        for one in inside.run(parse_script(script.text), certain=call.certain):
            yield one._replace(wrappers=(*wrappers, *one.wrappers), input=one.input or call.input)
        if name == "eval":
            self.directory, self.reader.variables = inside.directory, inside.reader.variables

    def _effects(self, name: str, words: tuple[Argument, ...]) -> None:
        """What a builtin changes in this shell: variables and the working directory."""
        if name in _SETTERS:
            for argument in words[1:]:
                variable, equals, value = argument.text.partition("=")
                if equals:
                    self.reader.assign(variable, argument._replace(text=value))
        elif name == "unset":
            for argument in words[1:]:
                self.reader.variables[argument.text] = ""
        elif name in ("cd", "pushd"):
            targets = [argument for argument in words[1:] if not argument.text.startswith("-")]
            known = bool(targets) and targets[0].known
            self.directory = resolve(self.directory, targets[0].text) if known else None


def _is_test(node: Node) -> bool:
    """Whether a node only asks something: `[ … ]`, `test`, `[[ … ]]`, `command -v`, `! …`."""
    if isinstance(node, Compound):
        return node.kind in ("test", "arithmetic")
    if isinstance(node, Pipeline):
        return node.negated or _is_test(node.commands[-1])
    if isinstance(node, Simple) and node.words:
        return node.words[0].value in ("[", "test", "command", "which", "type", "grep", "false")
    return False


def _name(program: Argument) -> str:
    return program.text.rpartition("/")[2] if program.known else ""
