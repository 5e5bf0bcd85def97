"""`scanguard hook`: what git's own hooks call."""

import argparse
import sys

from scanguard.app.push import check_pushes, read_pushes
from scanguard.app.request import Request, environment
from scanguard.app.session import Session
from scanguard.cli import print_error, print_text
from scanguard.cli.parser import Commands
from scanguard.model.errors import ConfigurationError, ScanGuardError
from scanguard.model.report import ExitCode

_MOST_INPUT = 10_000_000
_SKIP = "mend it, or push with `git push --no-verify` to skip this check once"


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser(
        "hook",
        help="check what a git hook is about",
        description="Called by .git/hooks/pre-push, which `scanguard init` writes: reads from standard input what is\n"
        "pushed and checks the Dockerfiles that it changes, as they are in the pushed commits.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("hook", choices=("pre-push",), help="the hook that calls")
    parser.add_argument("remote", nargs="?", default="", metavar="REMOTE", help="the remote's name, as git gives it")
    parser.add_argument("url", nargs="?", default="", metavar="URL", help="its address, as git gives it")
    parser.add_argument(
        "--policy", metavar="P", default="", help="a policy file, a directory of them, or a name: strict"
    )
    parser.add_argument("--fail-on", metavar="LEVEL", default="", help="the severity that stops a push")
    parser.add_argument(
        "--baseline", metavar="FILE", default="", help="findings in this file are known and do not count"
    )
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Check a push; returns 0 where it may go on, else what stops it, as `check` does."""
    try:
        return _run(namespace)
    except ScanGuardError as error:
        print_error(str(error))
        print_error(f"the push is stopped: it cannot be checked; {_SKIP}")
        return ExitCode.CONFIGURATION if isinstance(error, ConfigurationError) else ExitCode.INCOMPLETE


def _run(namespace: argparse.Namespace) -> int:
    if sys.stdin is None or sys.stdin.isatty():
        raise ConfigurationError("nothing comes from standard input; git calls this from .git/hooks/pre-push")
    pushes = read_pushes(sys.stdin.read(_MOST_INPUT))
    session = Session(environment(), plugins=namespace.plugins)
    request = Request(policy=namespace.policy, fail_on=namespace.fail_on, baseline=namespace.baseline)
    worst = ExitCode.OK
    for name, report in check_pushes(session, request, pushes, namespace.remote):
        if report.exit_code is ExitCode.OK:
            continue
        from scanguard.cli.check import text_of

        print_text(text_of(report))
        why = "fails" if report.exit_code is ExitCode.GATE_FAILED else "could not be checked"
        print_error(f"the push of {name} is stopped: what it changes {why}; {_SKIP}")
        worst = max(worst, report.exit_code)
    return worst
