"""Heredocs of RUN, COPY and ADD.

https://docs.docker.com/reference/dockerfile/#here-documents
"""

from scanguard.dockerfile.expand import ExpansionError, split_raw
from scanguard.dockerfile.lines import SPACES, Line, Reader
from scanguard.dockerfile.nodes import Heredoc, SyntaxProblem
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

_BLANKS = "\t\n\f\r "
_LARGEST = (1 << 64) - 1


class Operator(NamedTuple):
    """`<<NAME` in a line: the name without quotes, and what the operator says of the body."""

    name: str
    expand: bool
    chomp: bool
    descriptor: int
    start: int
    end: int


def read_operator(word: str, start: int = 0) -> Operator | None:
    """The heredoc operator that is all of `word`, which stands at `start` of its line; None where it is none.

    https://docs.docker.com/reference/dockerfile/#here-documents
    """
    digits, mark, rest = word.partition("<<")
    if not mark or (digits and not (digits.isascii() and digits.isdecimal())):
        return None
    chomp = rest.startswith("-")
    written = rest[chomp:].lstrip(_BLANKS)
    if not written or "<" in written:
        return None
    if written.isalnum():
        return Operator(written, True, chomp, _descriptor(digits), start, start + len(word))
    try:
        plain, raw = split_raw(written), _quoted(written)
    except ExpansionError:
        return None
    if len(plain) != 1 or len(raw) != 1:
        return None
    name = plain[0].text
    expand, end = _quotes(name) == _quotes(raw[0]), start + len(word.rstrip(SPACES))
    return Operator(name, expand, chomp, _descriptor(digits), start, end)


def _descriptor(digits: str) -> int:
    """Go's `strconv.ParseUint` ends at the largest number of 64 bits."""
    return min(int(digits[:30] or "0"), _LARGEST)


def _quoted(written: str) -> list[str]:
    """The words with their quotes, but without escapes: BuildKit tells a quoted name by counting quotes."""
    return [piece.text for piece in split_raw(written, raw_quotes=True)]


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')


def read_operators(line: str) -> tuple[Operator, ...]:
    """The heredoc operators of a logical line, keyword included; none where a quote or a brace is not closed."""
    try:
        pieces = split_raw(line, raw_quotes=True, raw_escapes=True)
    except ExpansionError:
        return ()
    found = (read_operator(piece.text, piece.start) for piece in pieces)
    return tuple(one for one in found if one is not None)


def read_heredocs(line: Line, reader: Reader, errors: list[SyntaxProblem]) -> tuple[Heredoc, ...]:
    """The heredocs that a line announces; their bodies are taken from the reader, the line ends where the last one does.

    A heredoc that is not closed takes the rest of the file and goes to `errors`.
    """
    text = line.text
    if text.endswith("\\"):
        at = line.span(len(text) - 1, len(text)).end
        following = reader.text[at : min(at + 1, line.end)]
        text += following.strip("\n") if following in SPACES else ""  # an escaped blank is part of the last word
    return tuple([_body(one, line, reader, errors) for one in read_operators(text)])


def _body(operator: Operator, line: Line, reader: Reader, errors: list[SyntaxProblem]) -> Heredoc:
    place = line.span(operator.start, operator.end)
    start = end = min(reader.at, len(reader.text))
    closed = False
    while not closed and reader.at < len(reader.text):
        end = reader.at
        text = reader.physical()
        line.end = end + len(text)
        closed = (text.lstrip("\t") if operator.chomp else text) == operator.name
    if not closed:
        end = len(reader.text)
        message = f"the heredoc {operator.name} is not closed"
        errors.append(SyntaxProblem(message, place, f"write {operator.name} alone on a line behind it"))
    content = reader.text[start:end]
    return Heredoc(
        operator.name, content, operator.expand, operator.chomp, operator.descriptor, Span(start, end), place
    )


def chomp(content: str) -> str:
    """The content of a `<<-` heredoc without the tabs that lines begin with."""
    return "\n".join([line.lstrip("\t") for line in content.split("\n")])
