"""The command line; loaded only where it has options or a command other than `check`."""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module

from scanguard import __version__
from scanguard.cli.parser import Parser

COMMANDS = {
    "check": "check_arguments",
    "merge": "merge",
    "baseline": "baseline",
    "init": "init",
    "hook": "hook",
    "rules": "rules",
    "explain": "explain",
    "graph": "graph",
    "layers": "layers",
    "policy": "policy",
    "compliance": "compliance",
    "plugins": "plugins",
    "completion": "completion",
}
"""Each command, in the order of the help, and its module: `add(commands)` adds its arguments, and `run` as their default."""


def build_parser(names: Iterable[str] = COMMANDS) -> Parser:
    """The parser of the whole command line, or of some of its commands; shell completions are generated from it."""
    parser = Parser(
        prog="scanguard",
        description="Says what is wrong with what a Dockerfile will ship, on the line that causes it.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"scanguard {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for name in names:
        import_module(f"scanguard.cli.{COMMANDS[name]}").add(commands)
    for command in commands.choices.values():
        command.add_argument("--no-plugins", dest="plugins", action="store_false", help="load first-party checks only")
    return parser


def run(words: Sequence[str]) -> int:
    """Parse and run. `--help` and `--version` print and return 0. Raises ConfigurationError for a wrong command line.

    Only the module of the command that is called is loaded: the others cost more than a whole check.
    """
    called = words[:1] if words and words[0] in COMMANDS else COMMANDS
    try:
        namespace = build_parser(called).parse_args(words)
    except SystemExit as done:
        return int(done.code or 0)
    command: Callable[..., int] = namespace.run
    return command(namespace)
