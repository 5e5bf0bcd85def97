"""Parser directives: `# syntax=`, `# escape=`, `# check=` at the very top of a file.

https://docs.docker.com/reference/dockerfile/#parser-directives
"""

from scanguard.dockerfile.json_form import string_member
from scanguard.dockerfile.lines import SPACES
from scanguard.dockerfile.nodes import Directive, SyntaxProblem, Word
from scanguard.model.location import Span
from scanguard.model.record import NamedTuple

NAMES = ("syntax", "escape", "check")
_BLANKS = "\t\n\f\r "


class Heading(NamedTuple):
    """The directives of a file, the escape character that they choose, and the offset at which they end."""

    directives: tuple[Directive, ...]
    escape: str
    end: int


def read_directives(text: str, errors: list[SyntaxProblem]) -> Heading:
    """The directives at the top of `text`; what BuildKit refuses goes to `errors`.

    They end at the first line that is none. A shebang may precede them, but BuildKit then ignores `escape`, and an
    indented one is an `escape` or nothing.
    """
    at = _start(text)
    shebang = at > 1
    found: dict[str, Directive] = {}
    escape, indented = "\\", False
    while at < len(text):
        stop = _next(text, at)
        line = text[at:stop]
        indented = indented or line[:1] != "#"
        directive = parse_directive(line.lstrip(SPACES), at + len(line) - len(line.lstrip(SPACES)), "#")
        if directive is None or (shebang and (indented or directive.name in found)):
            break
        if directive.name in found:
            errors.append(_repeated(directive))
        elif directive.name == "escape":
            if not shebang:
                escape = _escape(directive, errors)
                found["escape"] = directive
        elif not indented:
            found[directive.name] = directive
        at = stop
    return Heading(tuple(found.values()), escape, at)


def parse_directive(line: str, at: int, marker: str) -> Directive | None:
    """The directive on a line that starts at offset `at`, or None; `marker` is what a comment begins with."""
    if not line.startswith(marker):
        return None
    left, equals, right = line[len(marker) :].partition("=")
    name = left.lstrip(SPACES).rstrip(_BLANKS)
    value = right.strip(_BLANKS)
    if not equals or not value or name.lower() not in NAMES or not name.isascii():
        return None
    start = at + len(line) - len(right.lstrip(_BLANKS))
    end = start + len(value)
    return Directive(name.lower(), Word(value, Span(start, end)), Span(at, end))


def find_directive(text: str, name: str) -> Directive | None:
    """The directive of this name, in any of the ways in which BuildKit finds it, or None.

    `syntax` may also stand in comments that begin with `//`, and in a file that is all one JSON object.
    """
    for directive in read_directives(text, []).directives:
        if directive.name == name:
            return directive
    return None if name != "syntax" else _in_slashes(text) or _in_object(text)


def _in_slashes(text: str) -> Directive | None:
    at = _start(text)
    while at < len(text):
        stop = _next(text, at)
        directive = parse_directive(text[at:stop], at, "//")
        if directive is None or directive.name == "syntax":
            return directive
        at = stop
    return None


def _in_object(text: str) -> Directive | None:
    at = _start(text)
    item = string_member(text[at:], "syntax") if text[at:].lstrip(_BLANKS).startswith("{") else None
    if item is None:
        return None
    span = Span(at + item.start, at + item.end)
    return Directive("syntax", Word(item.value, span), span)


def _start(text: str) -> int:
    """Where directives may begin: behind a byte order mark and a shebang."""
    at = 1 if text.startswith("\ufeff") else 0
    return _next(text, at) if text.startswith("#!", at) else at


def _next(text: str, at: int) -> int:
    stop = text.find("\n", at)
    return len(text) if stop < 0 else stop + 1


def _repeated(directive: Directive) -> SyntaxProblem:
    return SyntaxProblem(
        f"the directive {directive.name} is given twice", directive.span, "keep one of them, BuildKit takes no second"
    )


def _escape(directive: Directive, errors: list[SyntaxProblem]) -> str:
    if directive.value.text in ("\\", "`"):
        return directive.value.text
    message = f"the escape character is {directive.value.text!r}"
    errors.append(SyntaxProblem(message, directive.value.span, "write `# escape=\\` or `# escape=`` (a backtick)"))
    return "\\"
