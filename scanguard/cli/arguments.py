"""The whole command line; loaded only where it has options or a command other than `check`."""

from collections.abc import Callable, Sequence

from scanguard import __version__
from scanguard.cli import (
    baseline,
    check_arguments,
    completion,
    explain,
    graph,
    hook,
    init,
    layers,
    merge,
    plugins,
    policy,
    rules,
)
from scanguard.cli.parser import Parser

COMMANDS = (check_arguments, merge, baseline, init, hook, rules, explain, graph, layers, policy, plugins, completion)
"""One module a command, in the order of the help: `add(commands)` adds its arguments, and `run` as their default."""


def build_parser() -> Parser:
    """The parser of the whole command line; shell completions are generated from it."""
    parser = Parser(
        prog="scanguard",
        description="Says what is wrong with what a Dockerfile will ship, on the line that causes it.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"scanguard {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for module in COMMANDS:
        module.add(commands)
    for command in commands.choices.values():
        command.add_argument("--no-plugins", dest="plugins", action="store_false", help="load first-party checks only")
    return parser


def run(words: Sequence[str]) -> int:
    """Parse and run. `--help` and `--version` print and return 0. Raises ConfigurationError for a wrong command line."""
    try:
        namespace = build_parser().parse_args(words)
    except SystemExit as done:
        return int(done.code or 0)
    command: Callable[..., int] = namespace.run
    return command(namespace)
