"""`scanguard baseline`: adopt with old findings known, fail on new ones only."""

import argparse

from scanguard.app.baseline import Update, default_path, load, name_of, prune, save, write
from scanguard.app.request import Environment, Request, environment
from scanguard.app.session import Session
from scanguard.cli import image_arguments, print_error, print_text
from scanguard.cli.parser import Commands, add_build_args, build_args, words
from scanguard.model.baseline import Entry
from scanguard.model.report import ExitCode
from scanguard.reporters.terminal import visible

_ACTIONS = (
    ("write", "make everything that is found now known"),
    ("show", "list what is known"),
    ("prune", "forget what is no longer found"),
)


def add(commands: Commands) -> None:
    """The command, its three actions and their arguments."""
    parser = commands.add_parser("baseline", help="write, show and prune known findings", allow_abbrev=False)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=type(parser))
    for name, summary in _ACTIONS:
        action = actions.add_parser(name, help=summary, allow_abbrev=False)
        action.add_argument("paths", nargs="*", metavar="PATH", help="files and directories (default: .)")
        action.add_argument(
            "--baseline", metavar="FILE", default="", help="default: scanguard-baseline.json at the root"
        )
        _add_no_plugins(action)
        if name != "show":
            _add_check_options(action)
        if name == "write":
            action.add_argument("--accept-new", action="store_true", help="let a baseline that is there grow")
    parser.set_defaults(run=run)


def _add_no_plugins(parser: argparse.ArgumentParser) -> None:
    """`--no-plugins` behind the action too; where it is absent, what stood before the action holds."""
    summary = "load first-party checks only"
    parser.add_argument("--no-plugins", dest="plugins", action="store_false", default=argparse.SUPPRESS, help=summary)


def _add_check_options(parser: argparse.ArgumentParser) -> None:
    """The options of `check` that decide what is found."""
    parser.add_argument(
        "--policy", metavar="P", default="", help="a policy file, a directory of them, or a name: strict"
    )
    parser.add_argument("--select", metavar="RULES", action="append", default=[], help="look at these rules only")
    parser.add_argument("--ignore", metavar="RULES", action="append", default=[], help="do not look at these rules")
    parser.add_argument("--target", metavar="STAGE", default="", help="the stage that ships (default: the last)")
    add_build_args(parser)
    image_arguments.add(parser)


def run(namespace: argparse.Namespace) -> int:
    """Do what the action says; returns the exit code."""
    here = environment()
    path = namespace.baseline or default_path(here.cwd)
    if namespace.action == "show":
        return _show(path, tuple(namespace.paths), here)
    session = Session(here, plugins=namespace.plugins)
    images = image_arguments.image_options(namespace)
    request = Request(
        image_arguments.paths(namespace),
        namespace.policy,
        words(namespace.select),
        words(namespace.ignore),
        target=namespace.target,
        build_args=build_args(namespace.build_arg),
        images=images,
    )
    if namespace.action == "write":
        return _write(write(session, request, path), here, accept_new=namespace.accept_new)
    return _prune(prune(session, request, path), here)


def _write(update: Update, here: Environment, *, accept_new: bool) -> int:
    """Write a new baseline, or say what one that is there would have to take in; returns 1 where that is refused."""
    name = name_of(update.path, here.cwd)
    print_text("".join(f"+ {_line(entry)}" for entry in update.added if update.there))
    if update.added and update.there and not accept_new:
        print_error(
            f"{name} does not know {_findings(update.added)}; mend them, or let it grow with --accept-new (nothing written)"
        )
        return ExitCode.GATE_FAILED
    print_text("".join(f"- {_line(entry)}" for entry in update.removed))
    if update.added or update.removed or not update.there:
        save(update, here.cwd)
    print_text(f"{visible(name, unicode=False)}: {_findings(update.entries)} known{_changes(update)}\n")
    return ExitCode.OK


def _prune(update: Update, here: Environment) -> int:
    """Take out what is no longer found; returns 3 where something could not be checked."""
    name = name_of(update.path, here.cwd)
    print_text("".join(f"- {_line(entry)}" for entry in update.removed))
    if update.removed:
        save(update, here.cwd)
    print_text(f"{visible(name, unicode=False)}: {_findings(update.entries)} known{_changes(update)}\n")
    for notification in update.report.notifications:
        if notification.level == "error":
            print_error(f"{notification.uri}: {notification.message}" if notification.uri else notification.message)
    return ExitCode.OK if update.report.complete else ExitCode.INCOMPLETE


def _show(path: str, paths: tuple[str, ...], here: Environment) -> int:
    """List the entries, those under the paths where some are given; returns 0."""
    baseline = load(path, here.cwd)
    under = [name_of(one, here.cwd) for one in paths]
    shown = [entry for entry in baseline.entries if not under or any(_lies_in(entry.uri, one) for one in under)]
    files = len({entry.uri for entry in shown})
    print_text("".join(_line(entry) for entry in sorted(shown)))
    print_text(
        f"{visible(baseline.uri, unicode=False)}: {_findings(shown)} known in {files} file{'s' * (files != 1)}\n"
    )
    return ExitCode.OK


def _lies_in(uri: str, folder: str) -> bool:
    return folder == "." or uri == folder or uri.startswith(f"{folder}/")


def _changes(update: Update) -> str:
    """`, 2 added, 1 gone`, or nothing where the file stays as it was."""
    added, removed = len(update.added) if update.there else 0, len(update.removed)
    return (f", {added} added" if added else "") + (f", {removed} gone" if removed else "")


def _findings(entries: "tuple[Entry, ...] | list[Entry]") -> str:
    return f"{len(entries)} finding{'s' * (len(entries) != 1)}"


def _line(entry: Entry) -> str:
    """One line an entry, whatever the file holds made visible."""
    where = f"{entry.uri}: {entry.rule}" + (f" [{entry.stage}]" if entry.stage else "")
    return f"{visible(where, unicode=True)} {visible(entry.message, unicode=True)}\n"
