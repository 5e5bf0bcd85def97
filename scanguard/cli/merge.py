"""`scanguard merge`: the reports of shards, images and other tools as one."""

import argparse

from scanguard.app.request import environment
from scanguard.app.session import Session, severity_limit
from scanguard.cli.check import CheckOptions, publish
from scanguard.cli.output_arguments import add_output, outputs
from scanguard.cli.parser import Commands
from scanguard.model.report import Report
from scanguard.model.rule import Severity

_EPILOG = """exit codes:
  0  nothing at or above --fail-on   2  usage is wrong, or parts of different runs
  1  the gate failed                 3  incomplete: a report or a part is missing
"""


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser(
        "merge",
        help="join reports of shards, images and other tools",
        description="Join JSON and SARIF reports: those of `scanguard check --shard`, of images, and SARIF\n"
        "of other tools (hadolint, Trivy, Checkov, KICS, Grype). The same defect is shown once.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        usage="scanguard merge [OPTIONS] FILE ...",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="reports, in any order; - is standard input")
    levels = ", ".join(severity.label for severity in Severity)
    parser.add_argument("--fail-on", metavar="LEVEL", default="", help=f"{levels}, never (default: as the reports say)")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 whatever was found")
    add_output(parser)
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Join the reports that the command line names; returns the exit code."""
    limit = severity_limit(namespace.fail_on) if namespace.fail_on else None
    session = Session(environment(), plugins=namespace.plugins)
    options = CheckOptions(
        format=namespace.format,
        outputs=outputs(namespace.output),
        color=namespace.color,
        category=namespace.category,
        include_suppressed=namespace.include_suppressed,
        room=namespace.max_length,
    )

    def make() -> Report:
        from scanguard.app.merge import merge, without_losses

        gate = bool(namespace.fail_on)
        report = merge(namespace.files, session, fail_on=limit, gate=gate, exit_zero=namespace.exit_zero)
        formats = {options.format, *(name for name, _ in options.outputs)}
        return report if formats == {"sarif"} else without_losses(report)

    return publish(options, session, make)
