"""The arguments of `scanguard check`; loaded only where a command line has options."""

import argparse

from scanguard.app.request import Request
from scanguard.cli.check import CheckOptions, check
from scanguard.cli.parser import Commands, add_build_args, build_args, words
from scanguard.model.errors import ConfigurationError
from scanguard.model.rule import Severity

_EPILOG = """exit codes:
  0  nothing at or above --fail-on   2  usage, policy or plugin is wrong
  1  the gate failed                 3  incomplete: a target or a check failed
"""


def add(commands: Commands) -> None:
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
    add_build_args(build)
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
    output.add_argument("--category", metavar="NAME", help="SARIF: the category of the run")
    output.add_argument("--include-suppressed", action="store_true", help="SARIF: keep suppressed findings, marked")
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Check what the command line asks for; returns the exit code."""
    return check(check_options(namespace))


def check_options(namespace: argparse.Namespace) -> CheckOptions:
    """The parsed arguments of `check`."""
    return CheckOptions(
        _request(namespace),
        namespace.format,
        tuple(_output(text) for text in namespace.output),
        plugins=namespace.plugins,
        color=namespace.color,
        category=namespace.category,
        include_suppressed=namespace.include_suppressed,
    )


def _request(namespace: argparse.Namespace) -> Request:
    return Request(
        tuple(namespace.paths) or (".",),
        namespace.policy,
        words(namespace.select),
        words(namespace.ignore),
        namespace.fail_on,
        namespace.target,
        build_args(namespace.build_arg),
        words(namespace.build_context),
        inline=namespace.inline,
        exit_zero=namespace.exit_zero,
        daemon=namespace.daemon,
    )


def _output(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals or not path:
        raise ConfigurationError(f"--output '{text}': write FORMAT=FILE, as in sarif=scan.sarif")
    return name, path
