"""The tree of a script walked in the order of execution."""

from collections.abc import Iterator

from scanguard.build.commands import Argument
from scanguard.build.script.builtins import ends_branch, fails, is_test
from scanguard.build.script.names import assigned_names
from scanguard.build.script.parameters import Exhausted
from scanguard.build.script.simple import SimpleCommands
from scanguard.build.script.state import Mark, Outcome, Value
from scanguard.build.variables import PLATFORM_ARGS
from scanguard.dockerfile.shell.nodes import (
    AndOr,
    Compound,
    Node,
    Pipeline,
    Redirect,
    Script,
    ShellWord,
    Simple,
)

MAX_INVOCATIONS = 20_000
MAX_ITEMS = 200
MAX_DEPTH = 40


class Walker(SimpleCommands):
    """Walks scripts and collects what they run in `found`."""

    def run(self, script: Script) -> None:
        """Walk the commands of a script in this shell."""
        if self.depth >= MAX_DEPTH:
            raise Exhausted
        self.depth += 1
        for index, node in enumerate(script.nodes):
            if script.background[index]:
                self._subshell(node)
            else:
                self.node(node)
        self.depth -= 1

    def node(self, node: Node) -> None:
        """Walk one node."""
        self.spend(1)
        if type(node) is Simple:
            self.simple(node)
        elif type(node) is AndOr:
            self._and_or(node)
        elif type(node) is Pipeline:
            self._pipeline(node)
        elif type(node) is Compound:
            self._compound(node)

    def _subshell(self, node: Node) -> None:
        mark = self.state.mark()
        self.node(node)
        self.state.rollback(mark)

    def _and_or(self, node: AndOr) -> None:
        """`a && b` takes the success of `a` for granted, unless `a` is a test; `a || b` takes it always."""
        certain, skipped, guard = self.certain, self.skipped, None
        self.node(node.parts[0])
        for index, operator in enumerate(node.operators):
            left, part = node.parts[index], node.parts[index + 1]
            if operator == "||":
                tested = guard is not None or is_test(left)
                self._close(guard, certain=certain, skipped=skipped)
                guard = None
                self._alternative(part, tested=tested)
                continue
            if guard is None and node.operators[index - 1 : index] != ("||",) and is_test(left):
                self.skipped = skipped or self._fails(left)
                guard = self.state.mark()
                self.certain = False
            self.node(part)
        self._close(guard, certain=certain, skipped=skipped, last=node.parts[-1])

    def _close(self, guard: Mark | None, *, certain: bool, skipped: bool, last: Node | None = None) -> None:
        """Go on behind what only ran after a test."""
        self.certain, self.skipped = certain, skipped
        if guard is not None:
            outcome = self.state.rollback(guard)
            if last is None or not ends_branch(last):
                self.state.merge([self.state.unchanged(), outcome])

    def _alternative(self, part: Node, *, tested: bool) -> None:
        """The right side of `||`."""
        outcome = self._branch(part)
        if not ends_branch(part):
            if not tested:
                outcome = outcome._replace(directory=self.state.directory)
            self.state.merge([self.state.unchanged(), outcome])

    def _branch(self, what: "Node | Script") -> Outcome:
        """Run what may or may not run, then undo it."""
        certain, mark = self.certain, self.state.mark()
        self.certain = False
        if type(what) is Script:
            self.run(what)
        else:
            self.node(what)  # type: ignore[arg-type]
        self.certain = certain
        return self.state.rollback(mark)

    def _pipeline(self, node: Pipeline) -> None:
        if len(node.commands) == 1:
            self.node(node.commands[0])
            return
        outer = self.input
        for command in node.commands:
            before = len(self.found)
            self._subshell(command)
            self.input = self.found[-1] if len(self.found) > before else None
        self.input = outer

    def _compound(self, node: Compound) -> None:
        kind = node.kind
        if kind == "function":
            if node.bodies:
                self.state.functions[node.name] = (node.bodies[0], self.origin)
            return
        saved = self.redirects, self.text, self.script_text
        if node.redirects:
            self._redirected(node.redirects)
        if kind == "group":
            self.run(node.bodies[0])
        elif kind == "subshell":
            mark = self.state.mark()
            self.run(node.bodies[0])
            self.state.rollback(mark)
        elif kind == "if":
            self._if(node)
        elif kind in ("for", "select"):
            self._for(node)
        elif kind == "case":
            self._case(node)
        elif kind in ("while", "until"):
            self._while(node)
        else:
            self.substitutions(node.words)
            for name in assigned_names(node):
                self.state.assign(name, None)
        self.redirects, self.text, self.script_text = saved

    def _redirected(self, redirects: tuple[Redirect, ...]) -> None:
        """Let the commands inside a compound have its redirections."""
        self.substitutions_of(redirects)
        more, text, script = self.redirections(redirects)
        self.redirects = (*self.redirects, *more)
        if text is not None:
            self.text, self.script_text = text, script

    def _if(self, node: Compound) -> None:
        self.run(node.bodies[0])
        outcomes: list[Outcome] = []
        tests = node.bodies[0].nodes
        skipped, never = self.skipped, len(tests) == 1 and self._fails(tests[0])
        for index in range(1, len(node.bodies)):
            condition = index % 2 == 0 and index + 1 < len(node.bodies)
            self.skipped = skipped or (never and index == 1)
            outcome = self._branch(node.bodies[index])
            self.skipped = skipped
            if condition:
                self.state.merge([outcome])
            elif not ends_branch(node.bodies[index]):
                outcomes.append(outcome)
        if len(node.bodies) % 2 == 0:
            outcomes.append(self.state.unchanged())
        self.state.merge(outcomes)

    def _fails(self, node: Node) -> bool:
        """Whether this is a test that fails with what the build gives its variables on every platform."""
        operands: list[Argument] = []
        if type(node) is Simple and node.words and node.words[0].text in ("[", "test"):
            for word in node.words[1 : -1 if node.words[0].text == "[" else None]:
                self.fields(word, operands, [])
        elif type(node) is Compound and node.kind == "test":
            operands = [self.argument(word) for word in node.words]
        names = frozenset(name for one in operands for name in one.variables)
        given = fails(operands) and PLATFORM_ARGS.isdisjoint(names) and all(map(self.state.inherits, names))
        return given and self.keeps(names)

    def _case(self, node: Compound) -> None:
        self.substitutions(node.words)
        outcomes = [self.state.unchanged()]
        for body in node.bodies:
            outcome = self._branch(body)
            if not ends_branch(body):
                outcomes.append(outcome)
        self.state.merge(outcomes)

    def _while(self, node: Compound) -> None:
        self._forget(node)
        self.run(node.bodies[0])
        self._loop_once(node.bodies[1])

    def _loop_once(self, body: Script) -> None:
        outcome = self._branch(body)
        self.state.merge([self.state.unchanged(), outcome])

    def _forget(self, node: Node) -> None:
        """What a loop assigns is not known while it runs."""
        names = assigned_names(node)
        self.spend(len(names))
        for name in names:
            self.state.assign(name, None)

    def _for(self, node: Compound) -> None:
        self.substitutions(node.words)
        if not node.name or node.kind == "select" or (not node.words and self.state.positional is None):
            self._forget(node)
            self._loop_once(node.bodies[0])
            return
        items = [value for word in node.words for value in self._items(word)]
        if not node.words:
            items.extend(self.state.positional or ())
        for value in items[:MAX_ITEMS]:
            self.state.assign(node.name, value)
            if value is None or value.text is None:
                self._unsure_iteration(node.bodies[0])
            else:
                self.run(node.bodies[0])
        if len(items) > MAX_ITEMS:
            self._forget(node)
            self._loop_once(node.bodies[0])

    def _unsure_iteration(self, body: Script) -> None:
        """The items come from something that is not known, such as a glob."""
        certain, self.certain = self.certain, False
        self.run(body)
        self.certain = certain

    def _items(self, word: ShellWord) -> Iterator[Value | None]:
        arguments: list[Argument] = []
        self.fields(word, arguments, [])
        for argument in arguments:
            if argument.known:
                yield Value(((argument.text, True),), argument.variables)
            elif len(word.parts) == 1:
                yield None
            else:
                yield Value(((argument.text, False),), argument.variables)
