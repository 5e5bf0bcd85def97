"""A template has one error, that it is one; a file that only speaks of templates keeps its own."""

import pytest

from tests.dockerfile.shape import read

FILL = "fill it in first and check what comes out"


@pytest.mark.parametrize(
    ("text", "mark", "line"),
    [
        ("{{set base to 'a'}}FROM a\nUSER b\n}}\n", "{{", 1),
        ("FROM a\n{% if b %}\nRUN c\n{% endif %}\n", "{%", 2),
        ("{# said of it #}\nFROM a\n", "{#", 1),
        ("FROM a\n<% if b %>\nRUN c\n<% end %>\n", "<%", 2),
        ("FROM a:{{ b }}\nRUN c\n", "{{", 1),
        ("FROM a:{{ b }} AS c\nRUNN d\n", "{{", 1),
        ("FROM a\n{{if b\n^\nc ^\n]}}\n", "{{", 2),
    ],
)
def test_templates(text: str, mark: str, line: int) -> None:
    source = read(text)
    (error,) = source.errors
    assert (error.message, error.hint) == (f"the file is a template: BuildKit has no {mark!r}", FILL)
    assert source.source[error.span] == mark
    assert text.count("\n", 0, error.span.start) + 1 == line


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("FROM a\nRUN docker inspect --format '{{.Id}}' b\n", ()),
        ("FROM a\nRUNN docker inspect --format '{{.Id}}' b\n", ("there is no instruction 'RUNN'",)),
        ("FROM a\n# {{ b }}\nUSSER c\n", ("there is no instruction 'USSER'",)),
        ("FROM a b\nRUN echo {{c}}\n", ("FROM has 2 words",)),
        (
            "FROMM {{a}}\n",
            ("FROMM stands before the first FROM", "the file has no FROM", "there is no instruction 'FROMM'"),
        ),
    ],
)
def test_no_templates(text: str, messages: tuple[str, ...]) -> None:
    assert tuple(sorted(error.message for error in read(text).errors)) == tuple(sorted(messages))
