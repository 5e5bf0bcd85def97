"""`scanguard init`: shows, then writes what a repository needs to be checked where code is pushed."""

import argparse
import sys
from difflib import unified_diff

from scanguard.app.baseline import root_of
from scanguard.app.init import CI, Plan, Proposal, plan, put
from scanguard.app.request import environment
from scanguard.cli import print_text
from scanguard.cli.parser import Commands
from scanguard.model.errors import ConfigurationError
from scanguard.model.report import ExitCode
from scanguard.reporters.terminal import visible
from scanguard.sources.git import Repository
from scanguard.sources.repository import repository_root


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser(
        "init",
        help="write a policy, a pre-push hook and a CI job",
        description="Shows, then writes a policy, a pre-push hook and a CI job that fit the repository. Files that are there\n"
        "and say something else are left alone.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--dry-run", action="store_true", help="show only")
    parser.add_argument("--force", action="store_true", help="replace a hook and a CI job that are there and differ")
    parser.add_argument(
        "--hook", action=argparse.BooleanOptionalAction, default=True, help="write the pre-push hook (default)"
    )
    parser.add_argument("--ci", choices=CI, default="", help="write this CI job (default: the one that fits)")
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Show the files, ask, write them; returns 0. Raises ConfigurationError where nobody can be asked."""
    here = environment()
    root = root_of(here.cwd)
    repository = Repository(root) if repository_root(root) is not None else None
    made = plan(root, repository, hook=namespace.hook, ci=namespace.ci)
    forced = [one for one in made.proposals if one.state == "different" and namespace.force and not one.kept]
    wanted = [one for one in made.proposals if one.state == "new" or one in forced]
    _show(made, wanted)
    if namespace.dry_run:
        return ExitCode.OK
    if wanted and not namespace.yes and not _agreed(len(wanted)):
        print_text("Nothing is written.\n")
        return ExitCode.OK
    for proposal in wanted:
        put(proposal)
        print_text(f"wrote {visible(proposal.name, unicode=False)}\n")
    _next(made)
    return ExitCode.OK


def _show(made: Plan, wanted: list[Proposal]) -> None:
    """Every file: what would be written, or why it is not."""
    for proposal in made.proposals:
        name = visible(proposal.name, unicode=False)
        if proposal.state == "unchanged":
            print_text(f"{name}: is as it should be\n")
        elif proposal.state == "new":
            print_text(f"{name}: new\n\n{_indented(proposal.text)}\n")
        else:
            left = f"differs and is left alone{'' if proposal.kept else '; --force replaces it'}"
            done = "is replaced" if proposal in wanted else left
            print_text(f"{name}: {done}\n\n{_indented(_difference(proposal))}\n")
    for one in made.advice:
        print_text("".join(f"{visible(line, unicode=False)}\n" for line in one.split("\n")))


def _difference(proposal: Proposal) -> str:
    before, after = (proposal.before or "").splitlines(), proposal.text.splitlines()
    return "\n".join(unified_diff(before, after, "now", "then", lineterm=""))


def _indented(text: str) -> str:
    return "".join(f"    {visible(line, unicode=False)}".rstrip() + "\n" for line in text.splitlines())


def _agreed(number: int) -> bool:
    """Ask on the terminal. Raises ConfigurationError where there is none."""
    if sys.stdin is None or not sys.stdin.isatty() or not sys.stdout.isatty():
        raise ConfigurationError("nobody can be asked here; say --yes to write the files, --dry-run to look only")
    files = "this file" if number == 1 else f"these {number} files"
    print_text(f"Write {files}? [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _next(made: Plan) -> None:
    if made.proposals:
        print_text(
            "Next: `scanguard check`. Are there findings already? `scanguard baseline write` makes them known.\n"
        )
