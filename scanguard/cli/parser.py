"""What the arguments of all commands have in common."""

import argparse
from typing import NoReturn, TypeAlias

from scanguard.model.errors import ConfigurationError


class Parser(argparse.ArgumentParser):
    """argparse whose errors are ours: one line, exit 2."""

    def error(self, message: str) -> NoReturn:
        """Raise ConfigurationError instead of leaving the program."""
        raise ConfigurationError(f"{message} (see `{self.prog} --help`)")


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
