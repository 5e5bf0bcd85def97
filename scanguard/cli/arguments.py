"""The arguments of every command; loaded only where a command line has options."""

import argparse
from collections.abc import Sequence
from typing import NoReturn

from scanguard import __version__
from scanguard.cli.check import CheckOptions, check
from scanguard.model.errors import ConfigurationError
from scanguard.model.rule import Severity

_EPILOG = """exit codes:
  0  nothing at or above --fail-on   2  usage, policy or plugin is wrong
  1  the gate failed                 3  incomplete: a target or a check failed
"""


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are ours: one line, exit 2."""

    def error(self, message: str) -> NoReturn:
        raise ConfigurationError(f"{message} (see `{self.prog} --help`)")


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; shell completions are generated from it."""
    parser = _Parser(
        prog="scanguard",
        description="Says what is wrong with what a Dockerfile will ship, on the line that causes it.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"scanguard {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    _check(commands)
    rules = commands.add_parser("rules", help="list all rules", allow_abbrev=False)
    rules.add_argument("--format", choices=("text", "json"), default="text", help="text (default) or json")
    explain = commands.add_parser("explain", help="show the manual of a rule", allow_abbrev=False)
    explain.add_argument("rule", metavar="RULE", help="a rule's name or id")
    _graph(commands)
    commands.add_parser("plugins", help="list what is loaded, and from where", allow_abbrev=False)
    completion = commands.add_parser("completion", help="print completions for a shell", allow_abbrev=False)
    completion.add_argument("shell", choices=("bash", "zsh"), help="the shell")
    for command in commands.choices.values():
        command.add_argument("--no-plugins", dest="plugins", action="store_false", help="load first-party checks only")
    return parser


def _check(commands: "argparse._SubParsersAction[_Parser]") -> None:
    """`check` and its options, in groups that fit a screen."""
    parser = commands.add_parser(
        "check",
        help="check Dockerfiles",
        description="Check Dockerfiles. Directories are searched for Dockerfile*, *.dockerfile and\n"
        "Containerfile*; - is standard input.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        usage="scanguard check [OPTIONS] [PATH ...]",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and directories (default: .)")
    rules = parser.add_argument_group("rules")
    rules.add_argument("--policy", metavar="P", default="", help="a policy file, or: default, strict")
    rules.add_argument("--select", metavar="RULES", action="append", default=[], help="run these rules only")
    rules.add_argument("--ignore", metavar="RULES", action="append", default=[], help="do not run these rules")
    levels = ", ".join(severity.label for severity in Severity)
    rules.add_argument("--fail-on", metavar="LEVEL", default="", help=f"{levels}, never")
    rules.add_argument("--no-inline", dest="inline", action="store_false", help="disregard inline suppressions")
    rules.add_argument("--exit-zero", action="store_true", help="exit 0 whatever was found")
    build = parser.add_argument_group("build")
    build.add_argument("--target", metavar="STAGE", default="", help="the stage that ships (default: the last)")
    build.add_argument("--build-arg", metavar="K=V", action="append", default=[], help="set a build argument")
    build.add_argument(
        "--build-context", metavar="NAME", action="append", default=[], help="a name that is a context, not an image"
    )
    build.add_argument("--daemon", action="store_true", help="ask the local docker daemon who runs in base images")
    output = parser.add_argument_group("output")
    output.add_argument("--format", metavar="F", default="text", help="text (default), json, sarif")
    output.add_argument(
        "--output", metavar="F=FILE", action="append", default=[], help="write a report to a file too: sarif=scan.sarif"
    )
    output.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="auto, always, never")
    output.add_argument("--category", metavar="NAME", default="", help="SARIF: the category of the run")
    output.add_argument("--include-suppressed", action="store_true", help="SARIF: keep suppressed findings, marked")


def _graph(commands: "argparse._SubParsersAction[_Parser]") -> None:
    parser = commands.add_parser("graph", help="show the stages and what each needs", allow_abbrev=False)
    parser.add_argument(
        "path", nargs="?", default="Dockerfile", metavar="PATH", help="a Dockerfile (default: Dockerfile)"
    )
    parser.add_argument("--format", choices=("text", "mermaid", "dot"), default="text", help="text, mermaid, dot")
    parser.add_argument("--target", metavar="STAGE", default="", help="the stage that ships (default: the last)")
    parser.add_argument("--build-arg", metavar="K=V", action="append", default=[], help="set a build argument")


def run(words: Sequence[str]) -> int:
    """Parse and run. `--help` and `--version` print and return 0. Raises ConfigurationError for a wrong command line."""
    try:
        namespace = build_parser().parse_args(words)
    except SystemExit as done:
        return int(done.code or 0)
    if namespace.command == "check":
        return check(check_options(namespace))
    from scanguard.cli import inspect

    return inspect.run(namespace)


def check_options(namespace: argparse.Namespace) -> CheckOptions:
    """The parsed arguments of `check`."""
    return CheckOptions(
        tuple(namespace.paths) or (".",),
        namespace.policy,
        _words(namespace.select),
        _words(namespace.ignore),
        namespace.fail_on,
        namespace.format,
        tuple(_output(text) for text in namespace.output),
        namespace.target,
        build_args(namespace.build_arg),
        _words(namespace.build_context),
        inline=namespace.inline,
        plugins=namespace.plugins,
        exit_zero=namespace.exit_zero,
        daemon=namespace.daemon,
        color=namespace.color,
        category=namespace.category,
        include_suppressed=namespace.include_suppressed,
    )


def _words(values: list[str]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def build_args(pairs: list[str]) -> dict[str, str]:
    """`K=V` words as a mapping. Raises ConfigurationError where the `=` is missing: values never come from the environment."""
    result = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ConfigurationError(f"--build-arg {name}: write NAME=VALUE")
        result[name] = value
    return result


def _output(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise ConfigurationError(f"--output '{text}': write FORMAT=FILE, as in sarif=scan.sarif")
    return name, path
