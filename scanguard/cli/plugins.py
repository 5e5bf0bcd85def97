"""`scanguard plugins`: what is loaded, and from where."""

from argparse import Namespace

from scanguard.app.request import environment
from scanguard.app.session import Session
from scanguard.cli import print_text
from scanguard.cli.parser import Commands


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser("plugins", help="list what is loaded, and from where", allow_abbrev=False)
    parser.set_defaults(run=run)


def run(namespace: Namespace) -> int:
    """Print the plugins; returns 0, or 3 where one failed."""
    session = Session(environment(), plugins=namespace.plugins)
    for plugin in session.registry.plugins:
        state = f"failed: {plugin.error}" if plugin.error else f"{len(plugin.checks)} checks"
        print_text(f"{plugin.name} {plugin.version}  from {plugin.origin}  {state}\n")
        if plugin.origin != "built in":
            for check in plugin.checks:
                print_text(f"  {check.rule.id}  {check.rule.name}\n")
    return session.plugin_exit_code
