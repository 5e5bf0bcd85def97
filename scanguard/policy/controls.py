"""Standards: the controls that a policy maps to rules, and how much of each the rules can see."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanguard.model.catalogue import rule_named, unknown_rule
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Rule
from scanguard.policy.document import Document


class Control(NamedTuple):
    """One control of a standard.

    `coverage` is `covered` (the rules see all of it), `partly`, or `manual` (no rule can). `rules` are names, `note` says
    what is left for people.
    """

    id: str
    title: str
    coverage: str
    rules: tuple[str, ...] = ()
    note: str = ""


class Standard(NamedTuple):
    """A standard; `key` is how rules refer to it (`Rule.controls`)."""

    key: str
    title: str
    version: str
    url: str
    controls: tuple[Control, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of all rules that some control counts on."""
        return tuple(dict.fromkeys(name for control in self.controls for name in control.rules))


def read_standard(document: Document, value: Mapping[str, Any], rules: Sequence[Rule]) -> Standard | None:
    """The keys `standard` and `controls`; None where the policy has none.

    A control's rules are those that refer to it themselves (`Rule.controls`) and those that the policy names beside.
    Raises ConfigurationError for unknown rules, controls given twice, and manual controls that name rules.
    """
    if "standard" not in value:
        if "controls" in value:
            raise document.error("'standard' is missing: it says of which standard these are", ("controls",), key=True)
        return None
    if "controls" not in value:
        raise document.error("'controls' is missing: a standard has controls", ("standard",), key=True)
    about = value["standard"]
    controls = tuple(_controls(document, value["controls"], about["key"], rules))
    version = document.places["standard", "version"].written if "version" in about else ""
    return Standard(about["key"], about["title"], version, about.get("url", ""), controls)


def _controls(
    document: Document, entries: Sequence[Mapping[str, Any]], key: str, rules: Sequence[Rule]
) -> Iterator[Control]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        number = document.places["controls", index, "id"].written
        if number in seen:
            raise document.error(f"the control {number} is given twice", ("controls", index, "id"))
        seen.add(number)
        named = [_named(document, word, index, at, rules) for at, word in enumerate(entry.get("rules", []))]
        referring = [rule.name for rule in rules if number in dict(rule.controls).get(key, ())]
        coverage = entry["coverage"]
        if coverage == "manual" and named:
            message = f"the control {number} is manual and names rules; is it partly covered?"
            raise document.error(message, ("controls", index, "rules"), key=True)
        found = tuple(dict.fromkeys((*referring, *named))) if coverage != "manual" else ()
        yield Control(number, entry["title"], coverage, found, " ".join(entry.get("note", "").split()))


def _named(document: Document, word: str, index: int, at: int, rules: Sequence[Rule]) -> str:
    rule = rule_named(word, rules)
    if rule is None:
        raise document.error(unknown_rule(word, rules), ("controls", index, "rules", at))
    return rule.name
