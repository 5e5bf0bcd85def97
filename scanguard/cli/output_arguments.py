"""The options of every command that writes reports."""

import argparse
from collections.abc import Iterable

from scanguard.app.formats import FORMATS
from scanguard.model.errors import ConfigurationError
from scanguard.reporters.options import RenderOptions

_SMALLEST = 2_000


def add_output(parser: "argparse._ActionsContainer") -> None:
    """`--format`, `--output` and what some formats may be asked for."""
    first, *others = FORMATS
    parser.add_argument("--format", metavar="F", default=first, help=f"{first} (default), {', '.join(others)}")
    parser.add_argument(
        "--output", metavar="F=FILE", action="append", default=[], help="write a report to a file too: sarif=scan.sarif"
    )
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), metavar="WHEN", default="auto", help="auto, always, never"
    )
    parser.add_argument("--category", metavar="NAME", help="SARIF, markdown: the category of the run")
    parser.add_argument("--include-suppressed", action="store_true", help="SARIF: keep suppressed findings, marked")
    room = RenderOptions().room
    parser.add_argument(
        "--max-length",
        metavar="BYTES",
        type=_length,
        default=room,
        help=f"markdown: how long it may be (default: {room})",
    )


def outputs(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """`F=FILE` words as pairs. Raises ConfigurationError where one is none."""
    return tuple(_output(text) for text in texts)


def _output(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise ConfigurationError(f"--output '{text}': write FORMAT=FILE, as in sarif=scan.sarif")
    return name, path


def _length(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= _SMALLEST:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is not a number of bytes, at least {_SMALLEST}")
