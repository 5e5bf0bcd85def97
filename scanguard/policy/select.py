"""`--select` and `--ignore`: the command line has the last word on which rules run."""

from collections.abc import Iterable, Sequence

from scanguard.model.errors import ConfigurationError
from scanguard.model.rule import CATEGORIES, Rule
from scanguard.model.spelling import nearest
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


def rule_named(word: str, rules: Iterable[Rule]) -> Rule | None:
    """The rule that has this name or this id (in any case), or None."""
    lower = word.lower()
    for rule in rules:
        if lower in (rule.name, rule.id.lower()):
            return rule
    return None


def unknown_rule(word: str, rules: Sequence[Rule], also: Iterable[str] = ()) -> str:
    """What to say of a word that names no rule: what other tools mean by it, or what was likely meant."""
    for rule in rules:
        if word.lower() in (equivalent.lower() for equivalent in rule.equivalents):
            return f"'{word}' is another tool's name; here the rule is '{rule.name}' ({rule.id})"
    known = [*(rule.name for rule in rules), *(rule.id for rule in rules), *also]
    guess = nearest(word, known)
    return f"'{word}' is not a rule" + (f"; did you mean '{guess}'?" if guess else "; `scanguard rules` lists them")


def _named(words: Iterable[str], rules: Sequence[Rule], option: str) -> set[str]:
    names: set[str] = set()
    for word in words:
        rule = rule_named(word, rules)
        if rule is not None:
            names.add(rule.name)
        elif word in CATEGORIES:
            names.update(rule.name for rule in rules if rule.category == word)
        else:
            raise ConfigurationError(f"{option}: {unknown_rule(word, rules, CATEGORIES)}")
    return names
