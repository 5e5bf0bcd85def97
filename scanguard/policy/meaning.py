"""What a policy document of the right form means: names looked up in the catalogue, options typed, dates checked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanguard.model.catalogue import rule_named, unknown_rule
from scanguard.model.errors import ConfigurationError
from scanguard.model.rule import Option, Rule, Severity
from scanguard.model.spelling import nearest
from scanguard.policy.controls import Standard, read_standard
from scanguard.policy.declared import declared
from scanguard.policy.document import Document, Path
from scanguard.policy.exceptions import exceptions, glob, texts, vulnerability_exceptions
from scanguard.policy.images import Standing, images, trivy
from scanguard.policy.layer import Layer
from scanguard.policy.locks import read_locks
from scanguard.policy.model import Lock, OptionValue, RuleSetting, ShippedStages

_SWITCH = {"on": True, "off": False}
_KINDS: Mapping[type, str] = {bool: "true or false", int: "a whole number", str: "a text", tuple: "a list of texts"}


def read_meaning(document: Document, rules: Sequence[Rule], standing: Standing, name: str) -> Layer:
    """What the document says; `schema.check_form` must have passed. `name` is what people call the policy.

    Raises ConfigurationError for an unknown rule or option, an option of the wrong type, a rule given twice (by name
    and by id), a day that does not exist, a glob that cannot match, and what an untrusted policy must not set.
    """
    value: dict[str, Any] = document.value  # type: ignore[assignment]
    fail_on = value.get("fail_on")
    never = fail_on == "never"
    own = tuple(declared(document, value.get("declare", []), rules))
    rules = (*rules, *(check.rule for check in own))
    settings = {word: (rule, one) for word, rule, one in _settings(document, value.get("rules", {}), rules)}
    locks = tuple(_locks(document, value, rules))
    standard = read_standard(document, value, rules)
    return Layer(
        document=document,
        name=name,
        trusted=standing.trusted,
        extends=value.get("extends"),
        fail_on=None if fail_on is None or never else _severity(fail_on),
        never_fails=never,
        rules=_turned_on(document, dict(settings.values()), locks, standard),
        words={rule: word for word, (rule, _) in settings.items()},
        enable=texts(value.get("enable", [])),
        exceptions=tuple(exceptions(document, value.get("exceptions", []), rules)),
        targets=tuple(_targets(document, value.get("targets", []))),
        target=value.get("target"),
        build_args={name: document.places["build_args", name].written for name in value.get("build_args", {})},
        build_contexts=tuple(value.get("build_contexts", [])),
        require_reason=value.get("require_reason"),
        require_owner=value.get("require_owner"),
        images=tuple(images(document, value.get("images", []), standing)),
        trivy=trivy(document, value.get("trivy", {}), standing),
        vulnerability_exceptions=tuple(vulnerability_exceptions(document, value.get("vulnerabilities", []))),
        locks=locks,
        repository=value.get("repository"),
        declared=own,
        standard=standard,
    )


def _locks(document: Document, value: Mapping[str, Any], rules: Sequence[Rule]) -> Iterator[Lock]:
    """The locks of the key `locked` and of the settings of rules."""
    listed = value.get("locked", [])
    path: Path = ("locked",)
    words = [(listed, path)] if isinstance(listed, str) else [(word, (*path, at)) for at, word in enumerate(listed)]
    for word, entry in value.get("rules", {}).items():
        if isinstance(entry, dict) and entry.get("locked"):
            words.append((word, ("rules", word, "locked")))
    return read_locks(document, words, rules)


def _turned_on(
    document: Document, settings: Mapping[str, RuleSetting], locks: tuple[Lock, ...], standard: Standard | None
) -> Mapping[str, RuleSetting]:
    """The settings, with the rules of a standard on, and the locked ones that a lock names.

    Raises ConfigurationError where a rule is locked by its name and turned off in one file: that would hold nothing.
    """
    found = dict(settings)
    for lock in locks:
        setting = found.get(lock.name, RuleSetting())
        if lock.alone and setting.enabled is False:
            raise ConfigurationError(f"{lock.name} is off here: a lock on it holds nothing", lock.uri, lock.region)
        if lock.alone:
            found[lock.name] = setting._replace(enabled=True)
    for name in standard.rules if standard is not None else ():
        setting = found.get(name, RuleSetting())
        found[name] = setting._replace(enabled=True if setting.enabled is None else setting.enabled)
    return found


def _severity(label: str) -> Severity:
    return Severity[label.upper()]


def _settings(
    document: Document, entries: Mapping[str, Any], rules: Sequence[Rule]
) -> Iterator[tuple[str, str, RuleSetting]]:
    """For each entry its word, the rule's name and the setting."""
    seen: dict[str, str] = {}
    for word, entry in entries.items():
        path: Path = ("rules", word)
        rule = rule_named(word, rules)
        if rule is None:
            raise document.error(unknown_rule(word, rules), path, key=True)
        if rule.name in seen:
            raise document.error(f"'{word}' is the rule that '{seen[rule.name]}' names already", path, key=True)
        seen[rule.name] = word
        yield word, rule.name, _setting(document, entry, rule, path)


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
    """The value in the type of the option's default; a number or a truth value is also a text, as it is written.

    Raises ConfigurationError for another type, and for a text that is none of the option's choices.
    """
    kind = type(option.default)
    if kind is str and not isinstance(value, list):
        written = document.places[path].written
        if option.choices and written not in option.choices:
            guess = nearest(written, option.choices)
            hint = f"did you mean '{guess}'?" if guess else f"it is one of {', '.join(option.choices)}"
            raise document.error(f"'{option.name}' cannot be '{written}'; {hint}", path)
        return written
    if kind is tuple and isinstance(value, list):
        return tuple(value)
    if type(value) is kind and kind is not tuple:
        same: OptionValue = value
        return same
    raise document.error(f"'{option.name}' must be {_KINDS[kind]}", path)


def _targets(document: Document, entries: Sequence[Mapping[str, Any]]) -> Iterator[ShippedStages]:
    for index, entry in enumerate(entries):
        yield ShippedStages(glob(document, entry["path"], ("targets", index, "path")), tuple(entry["ships"]))
