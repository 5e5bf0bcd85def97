"""Locks: what a policy holds fast against the scanned repository, and what the repository tried in vain.

See docs/adr for why a lock binds files that were found, and nobody whom the command line named.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanguard.dockerfile.pragma import Pragma
from scanguard.model.advisory import VULNERABLE, is_advisory
from scanguard.model.catalogue import rule_named, unknown_rule
from scanguard.model.location import Region, Source
from scanguard.model.report import Notification
from scanguard.model.rule import CATEGORIES, Rule, Severity
from scanguard.policy.document import Document, Path
from scanguard.policy.layer import Layer
from scanguard.policy.model import NO_TRIVY, Lock, Policy, RuleSetting

KEYS = ("target", "targets", "build_args", "build_contexts", "exceptions", "vulnerabilities", "images")
"""Keys of a policy that can be locked as a whole; `fail_on` and the demands on exceptions follow any lock."""


def read_locks(document: Document, words: Sequence[tuple[str, Path]], rules: Sequence[Rule]) -> Iterator[Lock]:
    """The locks for these words: names and ids of rules, categories, `all`, and keys.

    Raises ConfigurationError, with a suggestion, for a word that is none of them.
    """
    for word, path in words:
        place = document.places[path].value
        rule = rule_named(word, rules)
        if rule is not None:
            names: Iterable[str] = (rule.name,)
        elif word == "all" or word in CATEGORIES:
            names = (one.name for one in rules if word in ("all", one.category))
        elif word in KEYS:
            names = (word,)
        else:
            message = unknown_rule(word, rules, (*CATEGORIES, *KEYS, "all"))
            raise document.error(f"{message} (a lock names a rule, a category, all, or one of {', '.join(KEYS)})", path)
        yield from (Lock(name, document.uri, place, rule is not None) for name in names)


def restricted(layer: Layer, base: Policy, rules: Sequence[Rule]) -> tuple[Layer, tuple[Notification, ...]]:
    """What counts of a layer over a base with locks, and what it tried in vain. `rules` is the whole catalogue."""
    told: list[Notification] = []
    for take in (_rules, _gate, _demands, _exceptions, _vulnerabilities, _keys, _freshness):
        layer = take(_Attempt(layer, base, rules, told))
    return layer, tuple(told)


class _Attempt:
    """A layer that is held to the locks of the base."""

    def __init__(self, layer: Layer, base: Policy, rules: Sequence[Rule], told: list[Notification]) -> None:
        self.layer = layer
        self.base = base
        self.rules = rules
        self.told = told
        self.locks = {lock.name: lock for lock in reversed(base.locks)}

    def refuse(self, what: str, lock: Lock | None, region: Region) -> None:
        """Note that something has no effect, and which lock says so (None: any lock does)."""
        holder = lock or self.base.locks[0]
        end = f"{_place(holder)} locks {holder.name}" if lock is None else f"{_place(holder)} locks it"
        self.told.append(Notification("warning", f"{what} has no effect: {end}.", self.layer.document.uri, region))


def _place(lock: Lock) -> str:
    return f"{lock.uri}:{lock.region.start_line}:{lock.region.start_column}"


def _rules(attempt: _Attempt) -> Layer:
    """Settings of locked rules: they may be turned on and made graver, nothing else."""
    layer = attempt.layer
    kept = {}
    for name, setting in layer.rules.items():
        rule = rule_named(name, attempt.rules)
        lock = attempt.locks.get(name)
        kept[name] = setting if lock is None or rule is None else _setting(attempt, rule, setting, lock)
    return layer._replace(rules=kept)


def _setting(attempt: _Attempt, rule: Rule, setting: RuleSetting, lock: Lock) -> RuleSetting:
    layer, held = attempt.layer, attempt.base.setting(rule)
    path: Path = ("rules", layer.words[rule.name])
    if setting.enabled is False and held.enabled:
        at = (*path, "enabled") if (*path, "enabled") in layer.document.places else path
        attempt.refuse(f"Turning off {rule.name}", lock, layer.place(at))
        setting = setting._replace(enabled=None)
    if setting.severity is not None and setting.severity < held.severity:
        at = (*path, "severity") if (*path, "severity") in layer.document.places else path
        attempt.refuse(f"Lowering {rule.name} to {setting.severity.label}", lock, layer.place(at))
        setting = setting._replace(severity=None)
    changed = [name for name, value in setting.options.items() if value != held.options[name]]
    for name in changed:
        attempt.refuse(f"Changing '{name}' of {rule.name}", lock, layer.place((*path, "options", name), key=True))
    return setting._replace(options={name: one for name, one in setting.options.items() if name not in changed})


def _gate(attempt: _Attempt) -> Layer:
    """`fail_on` may become stricter, never laxer: else a locked rule would count for nothing."""
    layer, held = attempt.layer, attempt.base.fail_on
    if held is None or not (layer.never_fails or (layer.fail_on or Severity.NOTE) > held):
        return layer
    attempt.refuse("Raising fail_on", None, layer.place(("fail_on",)))
    return layer._replace(fail_on=None, never_fails=False)


def _demands(attempt: _Attempt) -> Layer:
    """Reasons and owners stay required."""
    layer = attempt.layer
    if layer.require_reason is False and attempt.base.require_reason:
        attempt.refuse("'require_reason: false'", None, layer.place(("require_reason",)))
        layer = layer._replace(require_reason=None)
    if layer.require_owner is False and attempt.base.require_owner:
        attempt.refuse("'require_owner: false'", None, layer.place(("require_owner",)))
        layer = layer._replace(require_owner=None)
    return layer


def _exceptions(attempt: _Attempt) -> Layer:
    layer, kept = attempt.layer, []
    for exception in layer.exceptions:
        lock = attempt.locks.get(exception.rule) or attempt.locks.get("exceptions")
        if lock is None or exception.region is None:
            kept.append(exception)
        else:
            attempt.refuse(f"The exception for {exception.rule}", lock, exception.region)
    return layer._replace(exceptions=tuple(kept))


def _vulnerabilities(attempt: _Attempt) -> Layer:
    """Exceptions for vulnerabilities, and the files that hold more of them."""
    lock = _lock_on(VULNERABLE, attempt.locks)
    layer = attempt.layer
    if lock is None:
        return layer
    for exception in layer.vulnerability_exceptions:
        if exception.region is not None:
            attempt.refuse(f"The exception for {exception.id}", lock, exception.region)
    for key in ("ignorefile", "vex"):
        if ("trivy", key) in layer.document.places:
            attempt.refuse(f"'{key}'", lock, layer.place(("trivy", key), key=True))
    return layer._replace(vulnerability_exceptions=(), trivy=layer.trivy._replace(ignorefile="", vex=()))


def _keys(attempt: _Attempt) -> Layer:
    """Keys that are locked as a whole."""
    layer = attempt.layer
    nothing: Mapping[str, Any] = {"target": None, "targets": (), "build_args": {}, "build_contexts": (), "images": ()}
    for key, empty in nothing.items():
        lock = attempt.locks.get(key)
        if lock is not None and (key,) in layer.document.places:
            attempt.refuse(f"'{key}'", lock, layer.place((key,), key=True))
            layer = layer._replace(**{key: empty})
    return layer


def _freshness(attempt: _Attempt) -> Layer:
    """The age of Trivy's database may be bounded more tightly, not less."""
    layer, held = attempt.layer, attempt.base.trivy.max_database_age
    wanted = layer.trivy.max_database_age
    if held is None or wanted is None or wanted <= held:
        return layer
    attempt.refuse("Raising max_database_age", None, layer.place(("trivy", "max_database_age")))
    return layer._replace(trivy=layer.trivy._replace(max_database_age=NO_TRIVY.max_database_age))


def _lock_on(rule: str, locks: Mapping[str, Lock]) -> Lock | None:
    """What locks a rule; what is accepted of vulnerabilities can be locked as a key of policies as well."""
    return locks.get(rule) or (locks.get("vulnerabilities") if rule == VULNERABLE else None)


def refuse_inline(
    pragmas: Iterable[Pragma], policy: Policy, rules: Sequence[Rule], source: Source
) -> tuple[tuple[Pragma, ...], tuple[Notification, ...]]:
    """The suppressions of a file without those of locked rules and vulnerabilities, and what is to be said of these."""
    locks = {lock.name: lock for lock in reversed(policy.locks)}
    kept: list[Pragma] = []
    told: list[Notification] = []
    for pragma in pragmas:
        words = []
        for word in pragma.rules:
            rule = rule_named(word.text, rules)
            name = rule.name if rule is not None else VULNERABLE if is_advisory(word.text) else ""
            lock = _lock_on(name, locks)
            if lock is None:
                words.append(word)
                continue
            what, id = (rule.name, rule.id) if rule is not None else (word.text, "")
            message = f"The suppression of {what} has no effect: {_place(lock)} locks {'it' if lock.name == what else lock.name}."
            told.append(Notification("warning", message, source.uri, source.region(word.span), id))
        if words or not pragma.rules:
            kept.append(pragma._replace(rules=tuple(words)))
    return tuple(kept), tuple(told)
