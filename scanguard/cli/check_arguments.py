"""The arguments of `scanguard check`; loaded only where a command line has options."""

import argparse

from scanguard.app.request import Request
from scanguard.cli import image_arguments
from scanguard.cli.check import CheckOptions, check
from scanguard.cli.output_arguments import add_output, outputs
from scanguard.cli.parser import Commands, add_build_args, build_args, words
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
        description="Check Dockerfiles, and images built from them. Directories are searched for\n"
        "Dockerfile*, *.dockerfile and Containerfile*; - is standard input.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        usage="scanguard check [OPTIONS] [PATH ...]",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and directories (default: .)")
    rules = parser.add_argument_group("rules")
    rules.add_argument(
        "--policy", metavar="P", default="", help="a policy file, a directory of them, or a name: strict"
    )
    rules.add_argument("--select", metavar="RULES", action="append", default=[], help="run these rules only")
    rules.add_argument("--ignore", metavar="RULES", action="append", default=[], help="do not run these rules")
    levels = ", ".join(severity.label for severity in Severity)
    rules.add_argument("--fail-on", metavar="LEVEL", default="", help=f"{levels}, never")
    rules.add_argument("--no-inline", dest="inline", action="store_false", help="disregard inline suppressions")
    rules.add_argument("--exit-zero", action="store_true", help="exit 0 whatever was found")
    known = parser.add_argument_group("what counts")
    known.add_argument(
        "--baseline", metavar="FILE", default="", help="findings in this file are known and do not count"
    )
    known.add_argument("--since", metavar="REF", default="", help="only findings whose cause changed since this commit")
    known.add_argument("--staged", action="store_true", help="only findings whose cause is staged, as it is staged")
    known.add_argument(
        "--shard", metavar="I/N", default="", help="only part I of N of the targets; see scanguard merge"
    )
    build = parser.add_argument_group("build")
    build.add_argument("--target", metavar="STAGE", default="", help="the stage that ships (default: the last)")
    add_build_args(build)
    build.add_argument(
        "--build-context", metavar="NAME", action="append", default=[], help="a name that is a context, not an image"
    )
    build.add_argument("--daemon", action="store_true", help="ask the local docker daemon who runs in base images")
    image_arguments.add(parser)
    output = parser.add_argument_group("output")
    add_output(output)
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Check what the command line asks for; returns the exit code."""
    return check(check_options(namespace))


def check_options(namespace: argparse.Namespace) -> CheckOptions:
    """The parsed arguments of `check`."""
    return CheckOptions(
        _request(namespace),
        namespace.format,
        outputs(namespace.output),
        plugins=namespace.plugins,
        color=namespace.color,
        category=namespace.category,
        include_suppressed=namespace.include_suppressed,
        room=namespace.max_length,
    )


def _request(namespace: argparse.Namespace) -> Request:
    images = image_arguments.image_options(namespace)
    return Request(
        image_arguments.paths(namespace),
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
        baseline=namespace.baseline,
        since=namespace.since,
        staged=namespace.staged,
        shard=namespace.shard,
        images=images,
    )
