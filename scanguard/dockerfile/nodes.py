"""What a Dockerfile is made of. Every node knows where it stands, and `source[node.span]` gives its text back.

The grammar is BuildKit's: https://docs.docker.com/reference/dockerfile/
"""

from scanguard.model.location import Source, Span
from scanguard.model.record import NamedTuple


class Word(NamedTuple):
    """One word as written: quotes, escapes and variables are kept, line continuations are taken out."""

    text: str
    span: Span


class Pair(NamedTuple):
    """`name=value` of ENV, LABEL and ARG. `value` is None for `ARG name`; `legacy` marks `ENV name the rest`."""

    name: Word
    value: Word | None
    span: Span
    legacy: bool = False


class Flag(NamedTuple):
    """`--name=value`; `value` is None for a bare `--name`."""

    name: str
    value: Word | None
    span: Span


class Heredoc(NamedTuple):
    """A heredoc of RUN, COPY or ADD.

    `content` is the body as written, tabs kept even under `<<-` (`chomp`). `expand` is False where the name was
    quoted. `descriptor` is the file descriptor before `<<`, 0 where none is written. `span` covers the body without the
    closing line; `operator` covers `<<NAME` in the instruction's own line.
    """

    name: str
    content: str
    expand: bool
    chomp: bool
    descriptor: int
    span: Span
    operator: Span


class Body:
    """The text of an instruction after its keyword and flags, continuations and the comments in them taken out.

    `text` is what BuildKit hands to the shell. `span(start, end)` maps a range of that text to the file.
    `pieces` are pairs (offset in `text`, offset in the file), ascending; each piece runs to the next one.
    """

    __slots__ = ("pieces", "text")

    def __init__(self, text: str, pieces: tuple[tuple[int, int], ...]) -> None:
        self.text = text
        self.pieces = pieces

    def offset(self, at: int) -> int:
        """The place in the file of the character at `at` of `text`."""
        low, high = 0, len(self.pieces)
        while high - low > 1:
            middle = (low + high) // 2
            if self.pieces[middle][0] <= at:
                low = middle
            else:
                high = middle
        here, there = self.pieces[low]
        return there + at - here

    def span(self, start: int, end: int) -> Span:
        """The range of the file that holds `text[start:end]`; an empty range is the place itself."""
        first = self.offset(start)
        return Span(first, first) if end <= start else Span(first, self.offset(end - 1) + 1)


class Instruction(NamedTuple):
    """One instruction.

    `keyword` is upper case. `span` runs from the keyword to the end of the last line, heredocs included.
    `words` are the arguments: for the JSON form (`json`) its strings, decoded, spans with quotes; for the shell form
    of RUN, CMD, ENTRYPOINT, HEALTHCHECK's command and MAINTAINER one word, the whole text; for ENV, LABEL and ARG
    the words of `pairs`. `trigger` is the instruction that ONBUILD defers, or the CMD of a HEALTHCHECK.
    """

    keyword: str
    span: Span
    keyword_span: Span
    flags: tuple[Flag, ...]
    words: tuple[Word, ...]
    body: Body
    json: bool = False
    pairs: tuple[Pair, ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    trigger: "Instruction | None" = None

    def flag(self, name: str) -> Word | None:
        """The value of the last flag of this name that has one."""
        for flag in reversed(self.flags):
            if flag.name == name and flag.value is not None:
                return flag.value
        return None


class Directive(NamedTuple):
    """A parser directive: `# syntax=`, `# escape=`, `# check=`. `name` is lower case, `value` is a word."""

    name: str
    value: Word
    span: Span


class Comment(NamedTuple):
    """A comment line, `text` without the `#` and outer blanks."""

    text: str
    span: Span


class SyntaxProblem(NamedTuple):
    """What BuildKit would refuse, and where. `hint` says what to write, or is empty."""

    message: str
    span: Span
    hint: str = ""


class StageNode(NamedTuple):
    """The instructions from one FROM to the next.

    `position` counts stages from 0. `name` is what stands after AS, as written, or None. `image` is the word after
    FROM, unexpanded. `instructions` starts with the FROM itself.
    """

    position: int
    name: Word | None
    image: Word
    platform: Word | None
    instructions: tuple[Instruction, ...]


class Dockerfile(NamedTuple):
    """A whole file. Parsing is total: what could not be read is in `errors`, and everything else is here.

    `preamble` holds what stands before the first FROM (global ARGs). `escape` is the escape character.
    """

    source: Source
    directives: tuple[Directive, ...]
    preamble: tuple[Instruction, ...]
    stages: tuple[StageNode, ...]
    comments: tuple[Comment, ...]
    errors: tuple[SyntaxProblem, ...]
    escape: str = "\\"
