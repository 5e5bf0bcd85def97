"""Templates of Dockerfiles: what a program (Jinja, Go, Mustache, ERB, Cottle) has to fill in before BuildKit can read it."""

from scanguard.dockerfile.nodes import SyntaxProblem
from scanguard.model.location import Span

_MARKS = ("{{", "{%", "{#", "<%")


def template_error(text: str, errors: list[SyntaxProblem]) -> SyntaxProblem | None:
    """The one thing to say of a file whose errors come from being a template, or None.

    A mark stands where BuildKit refuses an instruction: at its beginning, or in what stands behind a FROM. In the arguments
    of any other (`docker inspect --format '{{.Id}}'`) it is no sign.
    """
    if not any(mark in text for mark in _MARKS):
        return None
    for error in errors:
        start = error.span.start
        for mark in _MARKS:
            at = start if text.startswith(mark, start) else _behind_from(text, start, mark)
            if at >= 0:
                message = f"the file is a template: BuildKit has no {mark!r}"
                return SyntaxProblem(message, Span(at, at + len(mark)), "fill it in first and check what comes out")
    return None


def _behind_from(text: str, start: int, mark: str) -> int:
    if text[start : start + 5].upper().rstrip() != "FROM":
        return -1
    end = text.find("\n", start)
    return text.find(mark, start, end if end >= 0 else len(text))
