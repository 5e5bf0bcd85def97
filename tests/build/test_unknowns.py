"""What cannot be known is said, once, where it matters."""

import pytest

from scanguard.build.evaluate import evaluate
from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM debian:12\n", []),
        ("FROM somebody/tool:1\n", []),
        ("FROM debian:12\nARG WHO\nUSER 1000\n", []),
        (
            "FROM debian:12\nARG WHO\nUSER $WHO\n",
            [
                (
                    "Who runs in the shipped image is not known: '$WHO' depends on a value that the Dockerfile does not set.",
                    "$WHO",
                )
            ],
        ),
        (
            "FROM registry.corp.example/base:1\n",
            [
                (
                    "Who runs in the shipped image is not known: there is no USER, and the default user of "
                    "'registry.corp.example/base' is not known; --daemon asks an image that is here.",
                    "registry.corp.example/base:1",
                )
            ],
        ),
        ("FROM registry.corp.example/base:1\nUSER 1000\n", []),
        (
            "ARG BASE\nFROM $BASE\n",
            [("The image '$BASE' depends on a value that the Dockerfile does not set.", "$BASE")],
        ),
    ],
)
def test_unknowns(text: str, said: list[tuple[str, str]]) -> None:
    source = Source("Dockerfile", text)
    build = evaluate(parse(source))
    assert [(message, source[span]) for message, span in build.unknowns] == said
