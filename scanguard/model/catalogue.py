"""Rules by the words that people use for them."""

from collections.abc import Iterable, Sequence

from scanguard.model.rule import Rule
from scanguard.model.spelling import nearest


def rule_named(word: str, rules: Iterable[Rule]) -> Rule | None:
    """The rule that has this name or this id (in any case), or None."""
    lower = word.lower()
    for rule in rules:
        if lower in (rule.name, rule.id.lower()):
            return rule
    return None


def unknown_rule(word: str, rules: Sequence[Rule], also: Iterable[str] = ()) -> str:
    """What to say of a word that names no rule: what other tools mean by it, or what was likely meant.

    `also` are further words that would have been right (categories, for instance).
    """
    for rule in rules:
        if word.lower() in (equivalent.lower() for equivalent in rule.equivalents):
            return f"'{word}' is another tool's name; here the rule is '{rule.name}' ({rule.id})"
    guess = nearest(word, [*(rule.name for rule in rules), *(rule.id for rule in rules), *also])
    return f"'{word}' is not a rule" + (f"; did you mean '{guess}'?" if guess else "; `scanguard rules` lists them")
