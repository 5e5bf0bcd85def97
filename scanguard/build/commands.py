"""From a shell script to the commands that it runs, variables put in and wrappers taken off."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from scanguard.dockerfile.nodes import Heredoc, Instruction
from scanguard.dockerfile.shell.parser import parse_script
from scanguard.model.location import Span

_POSIX = frozenset(("sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "busybox"))
_POWERSHELL = frozenset(("powershell", "pwsh"))


class Argument(NamedTuple):
    """One argument after expansion.

    `text` is the value as far as it is known; what is not known stands in it as it was written (`$X`), and then
    `known` is False. `variables` are the names that went into it. `span` is the word in the file.
    """

    text: str
    known: bool
    variables: tuple[str, ...]
    span: Span


class Invocation(NamedTuple):
    """One command as it runs.

    `name` is the last part of the program's path (`apt-get`), empty where it is not known. `arguments` come after it.
    `wrappers` are what stood before it (`sudo`, `env`, `time`, `sh -c` as `sh`). `environment` are the assignments
    in front. `input` is the command whose output it reads through a pipe, `inputs` the commands inside its `$(…)` and
    `<(…)`. `text` is the value of a heredoc or here-string on its standard input, `redirects` pairs (operator,
    target). `certain` is False where a condition, `||`, a `case` or a function decides whether it runs at all.
    `directory` is the working directory after `cd`, or None where it is not known.
    """

    name: str
    arguments: tuple[Argument, ...]
    span: Span
    program: Argument | None = None
    wrappers: tuple[str, ...] = ()
    environment: tuple[tuple[str, Argument], ...] = ()
    redirects: tuple[tuple[str, Argument], ...] = ()
    text: Argument | None = None
    input: "Invocation | None" = None
    inputs: "tuple[Invocation, ...]" = ()
    certain: bool = True
    directory: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments' texts."""
        return tuple(argument.text for argument in self.arguments)


def shell_kind(shell: tuple[str, ...]) -> str:
    """What a SHELL instruction's words start: `posix`, `powershell`, `cmd` or `other`."""
    if not shell:
        return "other"
    name = shell[0].replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
    if name in _POSIX:
        return "posix"
    if name in _POWERSHELL:
        return "powershell"
    return "cmd" if name == "cmd" else "other"


def invocations(
    instruction: Instruction, variables: Mapping[str, str], directory: str | None, shell: tuple[str, ...]
) -> Iterator[Invocation]:
    """The commands that a RUN (or a CMD, ENTRYPOINT, HEALTHCHECK's CMD) executes, in order.

    `variables` are the values that are known; a name that is not in it is unknown, not empty. Commands inside `$(…)` come
    before the command that uses them. A shell that is not POSIX yields nothing, the JSON form needs none.
    https://docs.docker.com/reference/dockerfile/#run
    """
    from scanguard.build.interpret import Interpreter

    if instruction.json:
        if instruction.words:
            first = instruction.words[0].span
            words = tuple(Argument(word.text, True, (), word.span) for word in instruction.words)
            interpreter = Interpreter(lambda start, end: first, variables, directory)
            yield from interpreter.exec_form(words, instruction.span)
        return
    if shell_kind(shell) != "posix":
        return
    body = instruction.body
    line = body.text.partition("\n")[0] if instruction.heredocs else body.text
    if instruction.heredocs and _is_script(instruction, line):
        heredoc = instruction.heredocs[0]
        interpreter = Interpreter(_heredoc_span(heredoc), variables, directory)
        yield from interpreter.run(parse_script(heredoc.content))
        return
    interpreter = Interpreter(body.span, variables, directory)
    given = tuple(_heredoc_text(heredoc) for heredoc in instruction.heredocs)
    for call in interpreter.run(parse_script(line)):
        yield call._replace(text=given[0]) if given and call.text is None else call


def _is_script(instruction: Instruction, line: str) -> bool:
    """Whether the heredoc of a RUN is the script itself: nothing else stands in the line, or only a shell."""
    heredoc = instruction.heredocs[0]
    operator = line.find("<<")
    rest = line[operator + 2 :].lstrip("-").strip()
    around = f"{line[:operator]} {rest.replace(heredoc.name, '', 1)}".replace('"', "").replace("'", "").split()
    if around and (around[0].rpartition("/")[2] not in _POSIX or any(">" in word or "|" in word for word in around)):
        return False
    first = heredoc.content.lstrip().partition("\n")[0]
    if not first.startswith("#!"):
        return True
    interpreter = first[2:].replace("/usr/bin/env", "").split()
    return bool(interpreter) and interpreter[0].rpartition("/")[2] in _POSIX


def _heredoc_span(heredoc: Heredoc) -> Callable[[int, int], Span]:
    base = heredoc.span.start
    return lambda start, end: Span(base + start, base + end)


def _heredoc_text(heredoc: Heredoc) -> Argument:
    return Argument(heredoc.content, not heredoc.expand or "$" not in heredoc.content, (), heredoc.span)
