"""`scanguard rules`: the catalogue as a table or as JSON."""

from argparse import Namespace

from scanguard.app.request import environment
from scanguard.app.session import Session
from scanguard.cli import print_text
from scanguard.cli.parser import Commands
from scanguard.model.rule import Rule


def add(commands: Commands) -> None:
    """The command's arguments."""
    parser = commands.add_parser("rules", help="list all rules", allow_abbrev=False)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text (default) or json")
    parser.set_defaults(run=run)


def run(namespace: Namespace) -> int:
    """Print the catalogue; returns 0, or 3 where a plugin failed."""
    session = Session(environment(), plugins=namespace.plugins)
    print_text(_json(session.rules) if namespace.format == "json" else _table(session.rules))
    return session.plugin_exit_code


def _table(rules: tuple[Rule, ...]) -> str:
    """One line a rule: id, name, severity, category, and a mark where it is off by default."""
    width = max(len(rule.name) for rule in rules)
    lines = []
    for rule in rules:
        mark = "" if rule.enabled else "  (strict only)"
        lines.append(f"{rule.id}  {rule.name:<{width}}  {rule.severity.label:<8}  {rule.category}{mark}\n")
    return "".join(lines)


def _json(rules: tuple[Rule, ...]) -> str:
    import json

    listed = [
        {
            "id": rule.id,
            "name": rule.name,
            "category": rule.category,
            "severity": rule.severity.label,
            "enabled": rule.enabled,
            "summary": rule.summary,
            "equivalents": list(rule.equivalents),
            "controls": {standard: list(numbers) for standard, numbers in rule.controls},
            "options": {option.name: option.default for option in rule.options},
        }
        for rule in rules
    ]
    return json.dumps(listed, indent=2) + "\n"
