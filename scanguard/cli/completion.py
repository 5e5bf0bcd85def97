"""`scanguard completion`: what a shell wants to know of the command line."""

import os
from argparse import Namespace

from scanguard.cli import print_text
from scanguard.cli.parser import Commands
from scanguard.model.errors import ConfigurationError


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser("completion", help="print completions for a shell", allow_abbrev=False)
    parser.add_argument("shell", choices=("bash", "zsh"), help="the shell")
    parser.set_defaults(run=run)


def run(namespace: Namespace) -> int:
    """Print the completions of one shell; returns 0. Raises ConfigurationError where they are not installed."""
    path = os.path.join(os.path.dirname(__file__), "completions", f"scanguard.{namespace.shell}")
    try:
        with open(path, encoding="utf-8") as file:
            print_text(file.read())
    except OSError as error:
        raise ConfigurationError(f"completions for {namespace.shell} are not installed: {error.strerror}") from error
    return 0
