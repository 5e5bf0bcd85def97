"""ARG and ENV as BuildKit scopes them.

https://docs.docker.com/build/building/variables/: an ARG before the first FROM is global and must be declared again to be
seen in a stage; ENV wins over ARG; a stage built FROM another one inherits both.
"""

from collections.abc import Mapping

from scanguard.build.model import Value, Variable
from scanguard.dockerfile.expand import UNKNOWN, ExpansionError, Unknown, expand_word
from scanguard.dockerfile.nodes import Pair, Word

PLATFORM_ARGS = frozenset(
    "TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM BUILDOS BUILDARCH BUILDVARIANT TARGETSTAGE".split()
)
PROXY_ARGS = frozenset(
    "HTTP_PROXY http_proxy HTTPS_PROXY https_proxy FTP_PROXY ftp_proxy NO_PROXY no_proxy ALL_PROXY all_proxy".split()
)


class Scope:
    """The variables in force at one place of the build.

    `variables` is never changed in place: steps keep it. `closed` says that a name which is not in it is unset, as in a
    stage FROM scratch; elsewhere the base image may set it, and its value is unknown.
    """

    __slots__ = ("build_args", "closed", "escape", "globals", "outermost", "variables")

    def __init__(self, build_args: Mapping[str, str], escape: str) -> None:
        self.build_args = build_args
        self.escape = escape
        self.globals: Mapping[str, Variable] = {}
        self.closed = True
        self.outermost = True
        self.variables: Mapping[str, Variable] = {}

    def stage(self, inherited: Mapping[str, Variable], *, closed: bool) -> "Scope":
        """The scope at the start of a stage: what its base stage leaves, the global ARGs waiting to be declared."""
        scope = Scope(self.build_args, self.escape)
        scope.globals = self.variables
        scope.closed = closed
        scope.outermost = False
        scope.variables = inherited
        return scope

    def lookup(self, name: str) -> str | Unknown | None:
        """The value for BuildKit's expansion: a text, unknown, or None for unset."""
        variable = self.variables.get(name)
        if variable is not None:
            if variable.value.known:
                return variable.value.text
            return None if variable.unset else UNKNOWN
        if name in PROXY_ARGS:
            return self.build_args.get(name)
        if self.closed and not (self.outermost and name in PLATFORM_ARGS):
            return None
        return UNKNOWN

    def expand(self, text: str) -> Value:
        """Expand one word; a word that BuildKit refuses to expand is unknown and stays as written.

        A plain `$X` is unknown, not empty, where X is an ARG without a value or, in FROM, no ARG at all: whoever builds gives it.
        """
        if not any(mark in text for mark in "$\\\"'`"):
            return Value(text)
        try:
            result = expand_word(text, self.lookup, escape=self.escape)
        except ExpansionError:
            return Value(text, known=False)
        for name in result.unset:
            given = self.outermost or name in self.variables
            if given and (f"${name}" in text or f"${{{name}}}" in text):
                return Value(text, known=False, variables=(*result.names, name))
        names = list(result.names)
        for name in result.names:
            variable = self.variables.get(name)
            if variable is not None:
                names.extend(variable.value.variables)
        return Value(result.value, result.known, tuple(dict.fromkeys(names)))

    def declare(self, pair: Pair) -> Variable:
        """ARG: the value given on the command line, else its default, else the global ARG of that name, else unknown."""
        name = self.expand(pair.name.text).text
        if name in self.build_args:
            variable = Variable(name, Value(self.build_args[name]), "BUILD_ARG", pair.span)
        elif pair.value is not None:
            variable = Variable(name, self.expand(pair.value.text), "ARG", pair.span)
        elif name in self.globals:
            variable = self.globals[name]
        else:
            kind = "BUILD_ARG" if name in PLATFORM_ARGS else "ARG"
            variable = Variable(name, Value(f"${name}", known=False), kind, pair.span)
        current = self.variables.get(name)
        if current is None or current.kind != "ENV":
            self.variables = {**self.variables, name: variable}
        return variable

    def assign(self, pairs: tuple[Pair, ...]) -> tuple[Value, ...]:
        """ENV: all values of one instruction see the variables from before it."""
        values = tuple(self.expand(word.text) for word in map(_value, pairs))
        names = tuple(self.expand(pair.name.text).text for pair in pairs)
        fresh = {
            name: Variable(name, value, "ENV", pair.span, is_fixed(value, self.variables))
            for name, pair, value in zip(names, pairs, values, strict=True)
        }
        self.variables = {**self.variables, **fresh}
        return values

    def known(self) -> dict[str, str]:
        """What a shell in this scope finds in its environment, as far as it is known."""
        return {name: one.value.text for name, one in self.variables.items() if one.value.known}


def is_fixed(value: Value, variables: Mapping[str, Variable]) -> bool:
    """Whether no `--build-arg` can change a value that was made of variables: all of these are known and fixed."""
    used = (variables.get(name) for name in value.variables)
    return value.known and all(one is not None and one.fixed for one in used)


def _value(pair: Pair) -> Word:
    return pair.value if pair.value is not None else Word("", pair.span)
