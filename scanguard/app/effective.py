"""The policy that holds for a path, with the origin of every value."""

import os
from collections.abc import Callable, Iterator
from functools import partial

from scanguard.app.request import Request
from scanguard.app.session import Session
from scanguard.build.secret_names import secret_kind
from scanguard.build.secret_values import find_values
from scanguard.model.location import Region
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Rule
from scanguard.policy.document import Path
from scanguard.policy.find import find_policy
from scanguard.policy.layer import Layer
from scanguard.policy.model import DEFAULT, Policy, RuleSetting
from scanguard.policy.packaged import packaged_names

BUILT_IN = "default"
COMMAND_LINE = "command line"


class Entry(NamedTuple):
    """One value of a policy. `key` is its path (`rules.root-user.severity`), `origin` who says so, `lock` who holds it."""

    key: str
    value: object
    origin: str
    lock: str = ""


class Effective(NamedTuple):
    """A policy's name, its values, and what was tried in vain, as texts with places."""

    name: str
    entries: tuple[Entry, ...]
    refused: tuple[str, ...]


def effective(session: Session, path: str, request: Request) -> Effective:
    """What holds for a file or a directory. Raises ConfigurationError where a policy is wrong."""
    cwd = session.environment.cwd
    here = os.path.join(cwd, path)
    directory = here if os.path.isdir(here) else os.path.dirname(here)
    overlaid = not request.policy or session.policies.overlaid(request.policy)
    where = (find_policy(directory, cwd) if overlaid else None) or request.policy
    layers = session.policies.combined(where, request.policy).layers if where else ()
    policy = session.policy_at(where, request)
    rules = (*session.rules, *(check.rule for check in policy.declared))
    view = _View(policy, layers, request)
    entries = (*view.scalars(), *view.lists(), *view.rules(rules))
    refused = tuple(f"{_place(one.uri, one.region)}: {one.message}" for one in policy.refused)
    return Effective(policy.name, entries, refused)


def _place(uri: str, region: Region | None) -> str:
    if uri in packaged_names():
        uri = f"{uri} (packaged)"
    return uri if region is None else f"{uri}:{region.start_line}:{region.start_column}"


class _View:
    """A policy and the layers that it was made of."""

    def __init__(self, policy: Policy, layers: tuple[Layer, ...], request: Request) -> None:
        self.policy = policy
        self.layers = layers
        self.request = request
        self.locks = {lock.name: _place(lock.uri, lock.region) for lock in reversed(policy.locks)}

    def scalars(self) -> Iterator[Entry]:
        """The keys with one value."""
        policy = self.policy
        limit = "never" if policy.fail_on is None else policy.fail_on.label
        gate = self._last(("fail_on",), lambda one: one.never_fails or one.fail_on is not None)
        yield Entry("fail_on", limit, COMMAND_LINE if self.request.fail_on else gate)
        for key in ("require_reason", "require_owner", "target"):
            value = getattr(policy, key)
            if value != getattr(DEFAULT, key) or key != "target":
                yield Entry(key, value, self._last((key,), _says(key)), self.locks.get(key, ""))
        said = {name: value for name, value in policy.trivy._asdict().items() if value not in (None, "", ())}
        for name, value in said.items():
            path: Path = ("trivy", name)
            yield Entry(f"trivy.{name}", value, self._last(path, partial(_speaks, path)))

    def lists(self) -> Iterator[Entry]:
        """The keys with several values, each with its own origin."""
        for layer in self.layers:
            uri = layer.document.uri
            for category in layer.enable:
                yield Entry("enable", category, _place(uri, layer.place(("enable",))))
            for name in layer.build_args:
                if self.policy.build_args[name] == layer.build_args[name]:
                    place = _place(uri, layer.place(("build_args", name)))
                    value = _masked(name, layer.build_args[name])
                    yield Entry(f"build_args.{name}", value, place, self.locks.get("build_args", ""))
            for context in layer.build_contexts:
                yield Entry("build_contexts", context, _place(uri, layer.place(("build_contexts",))))
            for at, target in enumerate(layer.targets):
                place = _place(uri, layer.place(("targets", at)))
                yield Entry(
                    "targets", f"{target.path}: {', '.join(target.stages)}", place, self.locks.get("targets", "")
                )
        for exception in self.policy.exceptions:
            value = f"{exception.rule} until {exception.expires}: {exception.reason}{_owned(exception.owner)}"
            yield Entry("exceptions", value, _place(exception.uri, exception.region))
        for one in self.policy.vulnerability_exceptions:
            value = f"{one.id} until {one.expires}: {one.reason}{_owned(one.owner)}"
            yield Entry("vulnerabilities", value, _place(one.uri, one.region))
        for image in self.policy.images:
            yield Entry("images", image.image, _place(image.uri, image.region))

    def rules(self, rules: tuple[Rule, ...]) -> Iterator[Entry]:
        """For each rule whether it runs, how grave it is, and its options."""
        for rule in rules:
            yield from self._of_rule(rule)

    def _of_rule(self, rule: Rule) -> Iterator[Entry]:
        setting = self.policy.setting(rule)
        lock, key = self.locks.get(rule.name, ""), f"rules.{rule.name}"
        yield Entry(f"{key}.enabled", setting.enabled, self._enabled(rule, setting.enabled), lock)
        severity = self._rule(rule, "severity", lambda one: one.severity is not None)
        yield Entry(f"{key}.severity", setting.severity.label, severity, lock)
        for name, value in setting.options.items():
            origin = self._rule(rule, f"options.{name}", partial(_has_option, name))
            yield Entry(f"{key}.options.{name}", value, origin, lock)

    def _enabled(self, rule: Rule, enabled: bool) -> str:
        own = self._rule(rule, "enabled", lambda one: one.enabled is not None)
        before = self.layers and own != BUILT_IN
        said = self._declared_enabled(rule)
        if said is not enabled:
            return COMMAND_LINE
        if before:
            return own
        for layer in self.layers:
            if (rule.category in layer.enable or "all" in layer.enable) and not rule.enabled:
                return _place(layer.document.uri, layer.place(("enable",)))
        return BUILT_IN

    def _declared_enabled(self, rule: Rule) -> bool:
        """Whether a rule would run without the command line's word."""
        found: bool | None = None
        for layer in self.layers:
            setting = layer.rules.get(rule.name)
            found = found if setting is None or setting.enabled is None else setting.enabled
        general = any(rule.category in layer.enable or "all" in layer.enable for layer in self.layers)
        return found if found is not None else rule.enabled or general

    def _rule(self, rule: Rule, what: str, says: Callable[[RuleSetting], bool]) -> str:
        for layer in reversed(self.layers):
            if rule.name in layer.rules and says(layer.rules[rule.name]):
                return _place(layer.document.uri, _where(layer, rule, what))
        return BUILT_IN

    def _last(self, path: Path, says: Callable[[Layer], bool]) -> str:
        """The place at which the topmost layer that says something says it."""
        for layer in reversed(self.layers):
            if says(layer):
                return _place(layer.document.uri, layer.place(path))
        return BUILT_IN


def _says(key: str) -> Callable[[Layer], bool]:
    return lambda layer: getattr(layer, key) is not None


def _speaks(path: Path, layer: Layer) -> bool:
    return path in layer.document.places


def _has_option(name: str, setting: RuleSetting) -> bool:
    return name in setting.options


def _masked(name: str, value: str) -> str:
    """The value of a build argument, masked where it is a secret by its name or its form."""
    return "***" if value and (secret_kind(name) or find_values(value)) else value


def _owned(owner: str) -> str:
    return f" ({owner})" if owner else ""


def _where(layer: Layer, rule: Rule, what: str) -> Region:
    """Where a layer speaks of a rule: the exact value, the rule's entry, or the lock or the control that turns it on."""
    places = layer.document.places
    word = layer.words.get(rule.name)
    if word is not None:
        exact: Path = ("rules", word, *what.split("."))
        return places[exact if exact in places else ("rules", word)].value
    for lock in layer.locks:
        if lock.name == rule.name:
            return lock.region
    return places[("controls",) if ("controls",) in places else ()].value
