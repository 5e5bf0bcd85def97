"""`scanguard policy`: what holds, and why; and whether a policy does what its examples say."""

import argparse

from scanguard.app.request import Request, environment
from scanguard.app.session import Session
from scanguard.cli import print_error, print_text
from scanguard.cli.parser import Commands, Parser, words
from scanguard.model.report import ExitCode
from scanguard.reporters.terminal import visible


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser("policy", help="show or test policies", allow_abbrev=False)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    show = actions.add_parser(
        "show", help="show the policy that holds, with the origin of every value", allow_abbrev=False
    )
    show.add_argument("path", nargs="?", default=".", metavar="PATH", help="a file or directory (default: .)")
    show.add_argument("--policy", metavar="P", default="", help="as in `scanguard check`")
    show.add_argument("--select", metavar="RULES", action="append", default=[], help="as in `scanguard check`")
    show.add_argument("--ignore", metavar="RULES", action="append", default=[], help="as in `scanguard check`")
    show.add_argument("--fail-on", metavar="LEVEL", default="", help="as in `scanguard check`")
    show.add_argument("--format", choices=("text", "json"), default="text", help="text (default) or json")
    show.set_defaults(run=run_show)
    test = actions.add_parser(
        "test",
        help="run a policy against examples",
        description="Check examples with a policy alone. An example is a Dockerfile with comments `# expect: RULE`\n"
        "above instructions, or one in a folder good or bad, or named good-… or bad-….\n"
        "Exit codes: 0 as expected, 1 differences, 2 policy or example is wrong, 3 incomplete.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    test.add_argument("policy", metavar="POLICY", help="a file, a directory of files, or a name")
    test.add_argument("paths", nargs="+", metavar="EXAMPLE", help="Dockerfiles and directories of them")
    test.set_defaults(run=run_test)
    for action in (show, test):
        action.add_argument(
            "--no-plugins",
            dest="plugins",
            action="store_false",
            default=argparse.SUPPRESS,
            help="load first-party checks only",
        )


def run_show(namespace: argparse.Namespace) -> int:
    """Print the effective policy; returns 0, or 3 where a plugin failed."""
    from scanguard.app.effective import effective
    from scanguard.cli.policy_table import table

    session = Session(environment(), plugins=namespace.plugins)
    request = Request(
        policy=namespace.policy,
        select=words(namespace.select),
        ignore=words(namespace.ignore),
        fail_on=namespace.fail_on,
    )
    found = effective(session, namespace.path, request)
    if namespace.format == "json":
        entries = [one._asdict() for one in found.entries]
        print_text(_json({"policy": found.name, "values": entries, "refused": list(found.refused)}), "utf-8")
    else:
        print_text(table(found))
    return session.plugin_exit_code


def run_test(namespace: argparse.Namespace) -> int:
    """Print where the examples and the policy differ; returns the exit code."""
    from scanguard.app.examples import try_examples

    session = Session(environment(), plugins=namespace.plugins)
    tried = try_examples(session, namespace.policy, namespace.paths)
    for one in tried.differences:
        place = f":{one.region.start_line}:{one.region.start_column}" if one.region else ""
        print_text(visible(f"{one.uri}{place}: {one.message}", unicode=True) + "\n")
    for error in tried.errors:
        print_error(f"{error.uri}: {error.message}" if error.uri else error.message)
    count = f"{tried.examples} example{'' if tried.examples == 1 else 's'}"
    differ = len({one.uri for one in tried.differences})
    print_text(f"{count}: {f'{differ} not as expected' if differ else 'all as expected'}\n")
    if tried.errors:
        return int(ExitCode.INCOMPLETE)
    return int(ExitCode.GATE_FAILED if tried.differences else ExitCode.OK)


def _json(value: object) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
