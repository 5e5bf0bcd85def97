"""A command as it runs, variables put in and wrappers taken off, and which language a shell speaks."""

from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

_KINDS = {
    **dict.fromkeys(("sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash"), "posix"),
    **dict.fromkeys(("powershell", "pwsh"), "powershell"),
    "cmd": "cmd",
}


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
    target), with the descriptor before the operator where it is not the usual one (`2>`).
    `certain` is False where a condition, `||`, a `case` or a function decides whether it runs at all. `directory` is
    the working directory after `cd`, or None where it is not known. `skipped` is True behind a test that asks for
    another value of an ARG or ENV than it has: not without another `--build-arg` does it run.
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
    skipped: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments' texts."""
        return tuple(argument.text for argument in self.arguments)


def shell_kind(shell: tuple[str, ...]) -> str:
    """The language of a SHELL instruction: `posix`, `powershell`, `cmd` or `other`.

    https://docs.docker.com/reference/dockerfile/#shell
    """
    for word in shell:
        name = word.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
        kind = _KINDS.get(name)
        if kind is not None:
            return kind
    return "other"
