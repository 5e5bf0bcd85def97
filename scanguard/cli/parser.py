"""What the arguments of all commands have in common."""

import argparse
import os
import sys
from typing import NoReturn, TypeAlias

from scanguard.cli import print_text
from scanguard.model.errors import ConfigurationError


class Parser(argparse.ArgumentParser):
    """argparse whose errors are ours: one line, exit 2."""

    def _get_formatter(self) -> argparse.HelpFormatter:
        """What lays the help out, as wide as argparse makes it; its own way there loads `shutil` for each argument."""
        return self.formatter_class(prog=self.prog, width=_width() - 2)  # type: ignore[call-arg]

    def error(self, message: str) -> NoReturn:
        """Raise ConfigurationError instead of leaving the program."""
        raise ConfigurationError(f"{message} (see `{self.prog} --help`)")

    def _print_message(self, message: str, file: object = None) -> None:
        """Print the help or the version; argparse itself passes over what keeps it from being written."""
        print_text(message)


def _width() -> int:
    """The width of the terminal, or 80 columns where there is none; as `shutil.get_terminal_size` tells it."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (OSError, ValueError, AttributeError):
        return 80


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def words(values: list[str]) -> tuple[str, ...]:
    """The words of an option that can be repeated and takes lists with commas."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def add_build_args(parser: "argparse._ActionsContainer") -> None:
    """The option `--build-arg`."""
    parser.add_argument("--build-arg", metavar="K=V", action="append", default=[], help="set a build argument")


def build_args(pairs: list[str]) -> dict[str, str]:
    """`K=V` words as a mapping. Raises ConfigurationError where the `=` is missing: values never come from the environment."""
    result = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ConfigurationError(f"--build-arg {name}: write NAME=VALUE")
        result[name] = value
    return result
