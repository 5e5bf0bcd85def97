"""One command line while its wrappers are taken off."""

from scanguard.build.commands import Argument, Invocation
from scanguard.build.script.origin import Origin
from scanguard.dockerfile.shell.nodes import ShellWord
from scanguard.model.location import Span

_UNCLEAR = frozenset("$`*?{[")
Redirects = tuple[tuple[str, Argument], ...]


class Command:
    """Arguments from the program on, beside each the word that it came from (None where a word gave several).

    `script` is the word behind `text`, or what it spells where it was written in another script. `exact` says that the
    arguments are strings of the JSON form.
    """

    __slots__ = (
        "arguments",
        "directory",
        "environment",
        "exact",
        "input",
        "inputs",
        "redirects",
        "script",
        "span",
        "text",
        "words",
        "wrappers",
    )

    def __init__(self, arguments: list[Argument], words: list[ShellWord | None], span: Span) -> None:
        self.arguments = arguments
        self.words = words
        self.span = span
        self.exact = False
        self.directory: tuple[str | None] | None = None
        self.environment: list[tuple[str, Argument]] = []
        self.redirects: Redirects = ()
        self.text: Argument | None = None
        self.script: ShellWord | Origin | None = None
        self.input: Invocation | None = None
        self.inputs: tuple[Invocation, ...] = ()
        self.wrappers: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the program's path; empty where it is not known."""
        return name_of(self.arguments[0]) if self.arguments else ""

    def inner(self, index: int, wrapper: str) -> "Command":
        """The command that begins at an argument, inside a wrapper."""
        arguments = self.arguments[index:]
        start = arguments[0].span.start
        span = Span(start, self.span.end) if start < self.span.end else self.span
        return self.with_arguments(arguments, self.words[index:], span, (*self.wrappers, wrapper))

    def with_arguments(
        self, arguments: list[Argument], words: list[ShellWord | None], span: Span, wrappers: tuple[str, ...]
    ) -> "Command":
        """The same command line with other arguments."""
        command = Command(arguments, words, span)
        command.exact, command.directory = self.exact, self.directory
        command.environment = list(self.environment)
        command.redirects = self.redirects
        command.text, command.script = self.text, self.script
        command.input, command.inputs = self.input, self.inputs
        command.wrappers = wrappers
        return command


def name_of(program: Argument) -> str:
    """The last part of a program's path; empty where it is not known."""
    name = program.text
    if "/" in name:
        name = name.rpartition("/")[2]
    return name if program.known or not _UNCLEAR.intersection(name) else ""
