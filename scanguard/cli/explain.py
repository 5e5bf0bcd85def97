"""`scanguard explain`: the manual of one rule."""

from argparse import Namespace

from scanguard.app.request import environment
from scanguard.app.session import Session
from scanguard.cli import print_text
from scanguard.cli.parser import Commands
from scanguard.model.rule import Rule


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser("explain", help="show the manual of a rule", allow_abbrev=False)
    parser.add_argument("rule", metavar="RULE", help="a rule's name or id")
    parser.set_defaults(run=run)


def run(namespace: Namespace) -> int:
    """Print the manual; returns 0, or 3 where a plugin failed."""
    session = Session(environment(), plugins=namespace.plugins)
    print_text(_manual(session.rule(namespace.rule)))
    return session.plugin_exit_code


def _manual(rule: Rule) -> str:
    """The manual as it is written, with a head that says the rest."""
    controls = "; ".join(f"{standard} {', '.join(numbers)}" for standard, numbers in rule.controls)
    head = [f"{rule.id} {rule.name}", "", f"Severity: {rule.severity.label}   Category: {rule.category}"]
    if not rule.enabled:
        head.append("Off by default; on in the strict policy.")
    if controls:
        head.append(f"Controls: {controls}")
    if rule.equivalents:
        head.append(f"Equivalents: {', '.join(rule.equivalents)}")
    head.extend(f"Option {option.name} (default {option.default!r}): {option.help}" for option in rule.options)
    return "\n".join([*head, "", rule.help, "", f'To accept one: # scanguard: ignore[{rule.name}] reason="…"', ""])
