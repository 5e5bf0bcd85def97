"""A shell script as a tree. Offsets (`start`, `end`) count in the text that was parsed; `Body.span` maps them to the file.

The grammar is POSIX sh with the parts of bash that Dockerfiles use:
https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

from typing import Union

from scanguard.model.record import NamedTuple


class Literal(NamedTuple):
    """Characters that stand for themselves, quotes and escapes taken away.

    An escaped character is a literal of its own, `end` right after it, so that `text` always mirrors the characters
    that end at `end`.
    """

    text: str
    start: int
    end: int
    quoted: bool = False


class Parameter(NamedTuple):
    """`$name` or `${name…}`. `operator` is `:-`, `-`, `:+`, `+`, `:?`, `?`, `:=`, `=`, `#`, `##`, `%`,
    `%%`, `/`, `//`, … or empty.

    `argument` is the word after the operator: for `/` and `//` pattern and replacement as written, for `[` the rest
    up to the brace. It is None for `${#x}` (operator `#`) and `${!x}` (operator `!`). `quoted` forbids splitting the
    value into several words.
    """

    name: str
    operator: str
    argument: "ShellWord | None"
    start: int
    end: int
    quoted: bool = False


class Substitution(NamedTuple):
    """`$(…)`, backquotes, `<(…)` and `>(…)` (`kind` is `$`, `<` or `>`)."""

    kind: str
    script: "Script"
    start: int
    end: int
    quoted: bool = False


class Opaque(NamedTuple):
    """What has no value before the script runs: arithmetic, a glob, a brace expansion, `~user`. `text` is as written."""

    text: str
    start: int
    end: int


Part = Union[Literal, Parameter, Substitution, Opaque]


class ShellWord(NamedTuple):
    """One word. `text` is as written. `value` is what it stands for when every part is literal, else None."""

    text: str
    parts: tuple[Part, ...]
    start: int
    end: int

    @property
    def value(self) -> str | None:
        """The word after quote removal, or None where something in it is not literal."""
        if all(type(part) is Literal for part in self.parts):
            return "".join(part.text for part in self.parts if type(part) is Literal)
        return None


class Assignment(NamedTuple):
    """`name=value` before a command or alone; `value` is None for arrays, whose words are `items`. `append` is `+=`."""

    name: str
    value: ShellWord | None
    append: bool
    start: int
    end: int
    items: tuple[ShellWord, ...] = ()


class Redirect(NamedTuple):
    """`operator` is `<`, `>`, `>>`, `>&`, `<&`, `&>`, `&>>`, `>|`, `<>`, `<<<`, `<<` or `<<-`.

    `heredoc` is the text of a heredoc, expanded or literal as its name asks; `target` is the name then.
    """

    descriptor: str
    operator: str
    target: ShellWord
    start: int
    end: int
    heredoc: ShellWord | None = None


class Simple(NamedTuple):
    """A simple command: assignments, then words (the first is the program), and redirections anywhere."""

    assignments: tuple[Assignment, ...]
    words: tuple[ShellWord, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


class Pipeline(NamedTuple):
    """Commands joined by `|` or `|&`; at least two, or one that is negated."""

    commands: "tuple[Node, ...]"
    negated: bool
    start: int
    end: int


class AndOr(NamedTuple):
    """`first && second || third`: `operators[i]` stands before `parts[i + 1]`."""

    parts: "tuple[Node, ...]"
    operators: tuple[str, ...]
    start: int
    end: int


class Compound(NamedTuple):
    """Everything with a body.

    `kind` is `group`, `subshell`, `if`, `while`, `until`, `for`, `select`, `case`, `function`, `test` or `arithmetic`.

    `name` is the loop variable or the function's name. `words` are the items of a loop or the subject of a case,
    `bodies` the scripts in order (condition, then, else …). A `for` without `in` has `words` empty.
    """

    kind: str
    name: str
    words: tuple[ShellWord, ...]
    bodies: "tuple[Script, ...]"
    redirects: tuple[Redirect, ...]
    start: int
    end: int


Node = Union[Simple, Pipeline, AndOr, Compound]


class Script(NamedTuple):
    """Nodes one after the other; `background[i]` tells whether `&` ends node i. `problems` are (message, offset)."""

    nodes: tuple[Node, ...]
    start: int
    end: int
    background: tuple[bool, ...] = ()
    problems: tuple[tuple[str, int], ...] = ()
