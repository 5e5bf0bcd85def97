"""The commands that explain: rules, explain, graph, plugins, completion."""

import os
from argparse import Namespace

from scanguard import app
from scanguard.cli import print_text
from scanguard.model.errors import ConfigurationError
from scanguard.model.rule import Rule


def run(namespace: Namespace) -> int:
    """Run one of these commands and print what it says; returns 0, or 3 where a plugin failed."""
    if namespace.command == "completion":
        return _completion(namespace.shell)
    environment = app.environment()
    session = app.Session(environment, plugins=namespace.plugins)
    if namespace.command == "rules":
        print_text(_json(session.rules) if namespace.format == "json" else _table(session.rules))
    elif namespace.command == "explain":
        print_text(_manual(session.rule(namespace.rule)))
    elif namespace.command == "graph":
        _graph(namespace, environment)
    else:
        _plugins(session)
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


def _graph(namespace: Namespace, environment: app.Environment) -> None:
    from scanguard.cli.arguments import build_args
    from scanguard.cli.graph import draw

    build = app.build_of(namespace.path, environment, namespace.target, build_args(namespace.build_arg))
    print_text(draw(build, namespace.format))


def _plugins(session: app.Session) -> None:
    for plugin in session.registry.plugins:
        state = f"failed: {plugin.error}" if plugin.error else f"{len(plugin.checks)} checks"
        print_text(f"{plugin.name} {plugin.version}  from {plugin.origin}  {state}\n")
        if plugin.origin != "built in":
            for check in plugin.checks:
                print_text(f"  {check.rule.id}  {check.rule.name}\n")


def _completion(shell: str) -> int:
    path = os.path.join(os.path.dirname(__file__), "completions", f"scanguard.{shell}")
    try:
        with open(path, encoding="utf-8") as file:
            print_text(file.read())
    except OSError as error:
        raise ConfigurationError(f"completions for {shell} are not installed: {error.strerror}") from error
    return 0
