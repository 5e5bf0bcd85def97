"""`scanguard compliance`: what a run says of the controls of a standard."""

import argparse

from scanguard.app.request import Request, environment
from scanguard.app.session import Session
from scanguard.cli import image_arguments, print_text
from scanguard.cli.parser import Commands, add_build_args, build_args
from scanguard.model.report import ExitCode


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser(
        "compliance",
        help="report on the controls of a standard",
        description="Say of each control of a standard whether it passes, fails, is not covered or is for people to judge.\n"
        "Exit codes: 0 none fails, 1 a control fails, 2 usage or policy is wrong, 3 incomplete.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        usage="scanguard compliance [OPTIONS] [PATH ...]",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and directories (default: .)")
    parser.add_argument(
        "--standard",
        metavar="S",
        default="cis-docker",
        help="cis-docker (default), nist-800-190, or a policy with controls",
    )
    parser.add_argument("--policy", metavar="P", default="", help="as in `scanguard check`")
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="text, markdown, json")
    parser.add_argument("--target", metavar="STAGE", default="", help="the stage that ships (default: the last)")
    add_build_args(parser)
    image_arguments.add(parser)
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Print what the run says of the standard; returns the exit code."""
    from scanguard.app.compliance import compliance
    from scanguard.reporters import compliance as reporters

    session = Session(environment(), plugins=namespace.plugins)
    request = Request(
        tuple(namespace.paths) or (".",),
        namespace.policy,
        target=namespace.target,
        build_args=build_args(namespace.build_arg),
        images=image_arguments.image_options(namespace),
    )
    report = compliance(session, namespace.standard, request)
    render = {"text": reporters.text, "markdown": reporters.markdown, "json": reporters.as_json}[namespace.format]
    print_text(render(report), "" if namespace.format == "text" else "utf-8")
    if report.incomplete:
        return int(ExitCode.INCOMPLETE)
    return int(ExitCode.GATE_FAILED if report.count("fail") else ExitCode.OK)
