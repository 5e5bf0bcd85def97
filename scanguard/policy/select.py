"""`--select` and `--ignore`: the command line has the last word on which rules run."""

from collections.abc import Iterable, Sequence

from scanguard.model.catalogue import rule_named, unknown_rule
from scanguard.model.display import displayable
from scanguard.model.errors import ConfigurationError
from scanguard.model.rule import CATEGORIES, Rule
from scanguard.policy.model import Policy, RuleSetting


def select(policy: Policy, rules: Sequence[Rule], select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Policy:
    """The policy with exactly the selected rules on (all as before where none is selected) and the ignored ones off.

    Words are rule names, ids and categories. Raises ConfigurationError for a word that is none of them.
    """
    chosen = _named(select, rules, "--select")
    refused = _named(ignore, rules, "--ignore")
    if not chosen and not refused:
        return policy
    settings = dict(policy.rules)
    for rule in rules:
        enabled = policy.setting(rule).enabled if not chosen else rule.name in chosen
        entry = settings.get(rule.name, RuleSetting())
        settings[rule.name] = entry._replace(enabled=enabled and rule.name not in refused)
    return policy._replace(rules=settings)


def _named(words: Iterable[str], rules: Sequence[Rule], option: str) -> set[str]:
    names: set[str] = set()
    for word in words:
        rule = rule_named(word, rules)
        if rule is not None:
            names.add(rule.name)
        elif word in CATEGORIES:
            names.update(rule.name for rule in rules if rule.category == word)
        else:
            raise ConfigurationError(displayable(f"{option}: {unknown_rule(word, rules, CATEGORIES)}"))
    return names
