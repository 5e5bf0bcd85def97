"""What a policy document of the right form means: names looked up in the catalogue, options typed, dates checked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanguard.model.catalogue import rule_named, unknown_rule
from scanguard.model.date import is_date
from scanguard.model.glob import translate
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Option, Rule, Severity
from scanguard.model.spelling import nearest
from scanguard.policy.document import Document, Path
from scanguard.policy.model import OptionValue, Policy, PolicyException, RuleSetting, ShippedStages

_SWITCH = {"on": True, "off": False}
_KINDS: Mapping[type, str] = {bool: "true or false", int: "a whole number", str: "a text", tuple: "a list of texts"}


class Layer(NamedTuple):
    """One file's say, to be laid over the policy that it extends; None where it says nothing."""

    extends: str | None
    fail_on: Severity | None
    never_fails: bool
    rules: Mapping[str, RuleSetting]
    enable: tuple[str, ...]
    exceptions: tuple[PolicyException, ...]
    targets: tuple[ShippedStages, ...]
    target: str | None
    build_args: Mapping[str, str]
    build_contexts: tuple[str, ...]
    require_reason: bool | None

    def over(self, base: Policy, name: str) -> Policy:
        """The base with this laid over it: single values replace, rules and arguments merge, lists join."""
        rules = dict(base.rules)
        for rule, setting in self.rules.items():
            rules[rule] = _merged(rules.get(rule), setting)
        fail_on = None if self.never_fails else base.fail_on if self.fail_on is None else self.fail_on
        return Policy(
            name=name,
            fail_on=fail_on,
            rules=rules,
            enable=tuple(dict.fromkeys((*base.enable, *self.enable))),
            exceptions=base.exceptions + self.exceptions,
            targets=self.targets + base.targets,
            target=base.target if self.target is None else self.target,
            build_args={**base.build_args, **self.build_args},
            build_contexts=tuple(dict.fromkeys((*base.build_contexts, *self.build_contexts))),
            require_reason=base.require_reason if self.require_reason is None else self.require_reason,
        )


def read_meaning(document: Document, rules: Sequence[Rule]) -> Layer:
    """What the document says; `schema.check_form` must have passed.

    Raises ConfigurationError for an unknown rule or option, an option of the wrong type, a rule given twice (by name
    and by id), a day that does not exist and a glob that cannot match.
    """
    value: dict[str, Any] = document.value  # type: ignore[assignment]
    fail_on = value.get("fail_on")
    never = fail_on == "never"
    enable = value.get("enable", [])
    return Layer(
        extends=value.get("extends"),
        fail_on=None if fail_on is None or never else _severity(fail_on),
        never_fails=never,
        rules=dict(_settings(document, value.get("rules", {}), rules)),
        enable=(enable,) if isinstance(enable, str) else tuple(enable),
        exceptions=tuple(_exceptions(document, value.get("exceptions", []), rules)),
        targets=tuple(_targets(document, value.get("targets", []))),
        target=value.get("target"),
        build_args={name: document.places["build_args", name].written for name in value.get("build_args", {})},
        build_contexts=tuple(value.get("build_contexts", [])),
        require_reason=value.get("require_reason"),
    )


def _merged(base: RuleSetting | None, over: RuleSetting) -> RuleSetting:
    if base is None:
        return over
    return RuleSetting(
        base.enabled if over.enabled is None else over.enabled,
        base.severity if over.severity is None else over.severity,
        {**base.options, **over.options},
    )


def _severity(label: str) -> Severity:
    return Severity[label.upper()]


def _settings(
    document: Document, entries: Mapping[str, Any], rules: Sequence[Rule]
) -> Iterator[tuple[str, RuleSetting]]:
    seen: dict[str, str] = {}
    for word, entry in entries.items():
        path: Path = ("rules", word)
        rule = rule_named(word, rules)
        if rule is None:
            raise document.error(unknown_rule(word, rules), path, key=True)
        if rule.name in seen:
            raise document.error(f"'{word}' is the rule that '{seen[rule.name]}' names already", path, key=True)
        seen[rule.name] = word
        yield rule.name, _setting(document, entry, rule, path)


def _setting(document: Document, entry: Any, rule: Rule, path: Path) -> RuleSetting:
    """`on`, `off`, a severity (the rule is on then), or the long form."""
    if isinstance(entry, bool):
        return RuleSetting(enabled=entry)
    if isinstance(entry, str):
        switch = _SWITCH.get(entry)
        return RuleSetting(enabled=True, severity=_severity(entry)) if switch is None else RuleSetting(enabled=switch)
    severity = entry.get("severity")
    options = dict(_options(document, entry.get("options", {}), rule, (*path, "options")))
    return RuleSetting(entry.get("enabled"), None if severity is None else _severity(severity), options)


def _options(
    document: Document, entries: Mapping[str, Any], rule: Rule, path: Path
) -> Iterator[tuple[str, OptionValue]]:
    known = {option.name: option for option in rule.options}
    for name, value in entries.items():
        option = known.get(name)
        if option is None:
            guess = nearest(name, known)
            hint = f"did you mean '{guess}'?" if guess else f"it has {', '.join(known) or 'none'}"
            raise document.error(f"'{name}' is not an option of {rule.name}; {hint}", (*path, name), key=True)
        yield name, _option(document, option, value, (*path, name))


def _option(document: Document, option: Option, value: Any, path: Path) -> OptionValue:
    """The value in the type of the option's default; a number or a truth value is also a text, as it is written."""
    kind = type(option.default)
    if kind is str and not isinstance(value, list):
        return document.places[path].written
    if kind is tuple and isinstance(value, list):
        return tuple(value)
    if type(value) is kind and kind is not tuple:
        same: OptionValue = value
        return same
    raise document.error(f"'{option.name}' must be {_KINDS[kind]}", path)


def _exceptions(
    document: Document, entries: Sequence[Mapping[str, Any]], rules: Sequence[Rule]
) -> Iterator[PolicyException]:
    for index, entry in enumerate(entries):
        path: Path = ("exceptions", index)
        rule = rule_named(entry["rule"], rules)
        if rule is None:
            raise document.error(unknown_rule(entry["rule"], rules), (*path, "rule"))
        if not is_date(entry["expires"]):
            raise document.error(f"'{entry['expires']}' is not a day of the calendar", (*path, "expires"))
        packages = entry.get("package", [])
        yield PolicyException(
            rule.name,
            " ".join(entry["reason"].split()),
            entry["expires"],
            _glob(document, entry["path"], (*path, "path")) if "path" in entry else "",
            entry.get("stage", ""),
            (packages,) if isinstance(packages, str) else tuple(packages),
            document.uri,
            document.places[path].value,
        )


def _targets(document: Document, entries: Sequence[Mapping[str, Any]]) -> Iterator[ShippedStages]:
    for index, entry in enumerate(entries):
        yield ShippedStages(_glob(document, entry["path"], ("targets", index, "path")), tuple(entry["ships"]))


def _glob(document: Document, pattern: str, path: Path) -> str:
    if translate(pattern) is None:
        raise document.error(f"'{pattern}' is not a glob: a bracket or a backslash stands open", path)
    if pattern.startswith(("/", "./", "../")):
        raise document.error(f"'{pattern}' matches nothing: paths begin at the repository's root, without '/'", path)
    return pattern
