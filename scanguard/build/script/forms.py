"""The forms of an instruction that runs something: a line for the shell, words in JSON, heredocs.

https://docs.docker.com/reference/dockerfile/#here-documents
"""

from collections.abc import Callable, Mapping

from scanguard.build.commands import Argument, Invocation, shell_kind
from scanguard.build.script.command import Command
from scanguard.build.script.execute import run_arguments, run_script
from scanguard.build.script.origin import FileText
from scanguard.build.script.wrappers import SHELLS
from scanguard.dockerfile.nodes import Heredoc, Instruction
from scanguard.model.lazily import matcher
from scanguard.model.location import Span

_COMMANDS = frozenset({"RUN", "CMD", "ENTRYPOINT"})
_HEREDOC_ALONE = matcher(r"\s*[0-9]*<<-?[ \t]*[^\s<>|&;()]+\s*", "fullmatch")


def invocations(
    instruction: Instruction, variables: Mapping[str, str], directory: str | None, shell: tuple[str, ...]
) -> list[Invocation]:
    """The commands that a RUN (or CMD, ENTRYPOINT, HEALTHCHECK) executes, in order.

    `variables` are the values of ENV and ARG that are known at the instruction, `directory` is its working directory,
    `shell` the words of SHELL. Nothing comes out of the shell form where that shell is no POSIX shell.
    https://docs.docker.com/reference/dockerfile/#run
    """
    while instruction.trigger is not None:
        instruction = instruction.trigger
    if instruction.keyword not in _COMMANDS:
        return []
    keeps = _keeper(instruction, variables, shell)
    if instruction.json:
        return _json(instruction, variables, directory, keeps)
    body = instruction.body
    heredocs = instruction.heredocs
    if len(heredocs) == 1 and _HEREDOC_ALONE(body.text):
        return _heredoc(heredocs[0], variables, directory, shell, keeps)
    if shell_kind(shell) != "posix":
        return []
    if not heredocs:
        return run_script(FileText(body.text, body.pieces), variables, directory, "", keeps)
    return run_script(_with_heredocs(instruction), variables, directory, "", keeps)


def _keeper(
    instruction: Instruction, variables: Mapping[str, str], shell: tuple[str, ...]
) -> Callable[[frozenset[str]], bool]:
    """`steady.keeps` of this instruction."""

    def keeper(names: frozenset[str]) -> bool:
        from scanguard.build.script.steady import keeps  # few files have a test that fails

        return keeps(names, instruction, variables, shell)

    return keeper


def _json(
    instruction: Instruction,
    variables: Mapping[str, str],
    directory: str | None,
    keeps: Callable[[frozenset[str]], bool],
) -> list[Invocation]:
    arguments = [Argument(word.text, True, (), word.span) for word in instruction.words]
    if not arguments:
        return []
    command = Command(arguments, [None] * len(arguments), Span(arguments[0].span.start, arguments[-1].span.end))
    command.exact = True
    return run_arguments(arguments, variables, directory, command, keeps)


def _with_heredocs(instruction: Instruction) -> FileText:
    """What BuildKit hands to the shell: the line, then the bodies with their closing lines."""
    texts = [instruction.body.text]
    pieces = list(instruction.body.pieces)
    at = len(texts[0])
    for heredoc in instruction.heredocs:
        end = "" if heredoc.content.endswith("\n") or not heredoc.content else "\n"
        pieces.append((at, heredoc.span.start - 1))
        texts.append(f"\n{heredoc.content}{end}{heredoc.name}")
        at += len(texts[-1])
    return FileText("".join(texts), tuple(pieces))


def _heredoc(
    heredoc: Heredoc,
    variables: Mapping[str, str],
    directory: str | None,
    shell: tuple[str, ...],
    keeps: Callable[[frozenset[str]], bool],
) -> list[Invocation]:
    """`RUN <<EOF`: the body is the script, or a program for the interpreter that its first line names."""
    origin = _chomped(heredoc) if heredoc.chomp else FileText(heredoc.content, ((0, heredoc.span.start),))
    first = origin.text.partition("\n")[0]
    if not first.startswith("#!"):
        return run_script(origin, variables, directory, "", keeps) if shell_kind(shell) == "posix" else []
    words = first[2:].split()
    if words and words[0].rpartition("/")[2] == "env":
        words = [word for word in words[1:] if word != "-S"]
    if not words:
        return []
    name = words[0].rpartition("/")[2]
    if name in SHELLS:
        return run_script(origin, variables, directory, name, keeps)
    line = Span(heredoc.span.start, heredoc.span.start + len(first))
    program, *arguments = (Argument(word, True, (), line) for word in words)
    text = Argument(origin.text, True, (), heredoc.span)
    return [Invocation(name, tuple(arguments), heredoc.span, program, text=text, directory=directory)]


def _chomped(heredoc: Heredoc) -> FileText:
    """The body without the tabs at the beginning of its lines, as `<<-` asks."""
    texts: list[str] = []
    pieces: list[tuple[int, int]] = []
    at, there = 0, heredoc.span.start
    for line in heredoc.content.splitlines(keepends=True):
        text = line.lstrip("\t")
        pieces.append((at, there + len(line) - len(text)))
        texts.append(text)
        at += len(text)
        there += len(line)
    return FileText("".join(texts), tuple(pieces))
