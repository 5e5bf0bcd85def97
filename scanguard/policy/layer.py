"""One file's say, and how it is laid over the policy that it extends."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scanguard.model.location import Region
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Severity
from scanguard.policy.document import Document, Path
from scanguard.policy.model import (
    ImageTarget,
    Lock,
    Policy,
    PolicyException,
    RuleSetting,
    ShippedStages,
    TrivyPolicy,
    VulnerabilityException,
)

if TYPE_CHECKING:
    from scanguard.plugin import Check
    from scanguard.policy.controls import Standard


class Layer(NamedTuple):
    """One file's say, to be laid over the policy that it extends; None where it says nothing.

    `name` is what people call the file, `words` has for each rule in `rules` the word by which the file names it.
    `trusted` is False for what was found in the scanned repository: locks hold against it.
    """

    document: Document
    name: str
    trusted: bool
    extends: str | None
    fail_on: Severity | None
    never_fails: bool
    rules: Mapping[str, RuleSetting]
    words: Mapping[str, str]
    enable: tuple[str, ...]
    exceptions: tuple[PolicyException, ...]
    targets: tuple[ShippedStages, ...]
    target: str | None
    build_args: Mapping[str, str]
    build_contexts: tuple[str, ...]
    require_reason: bool | None
    require_owner: bool | None
    images: tuple[ImageTarget, ...]
    trivy: TrivyPolicy
    vulnerability_exceptions: tuple[VulnerabilityException, ...]
    locks: tuple[Lock, ...]
    repository: str | None
    declared: "tuple[Check, ...]"
    standard: "Standard | None"

    def over(self, base: Policy) -> Policy:
        """The base with this laid over it: single values replace, rules and arguments merge, lists join."""
        rules = dict(base.rules)
        for rule, setting in self.rules.items():
            rules[rule] = _merged(rules.get(rule), setting)
        fail_on = None if self.never_fails else base.fail_on if self.fail_on is None else self.fail_on
        held = {lock.name for lock in base.locks}
        return base._replace(
            name=self.name,
            fail_on=fail_on,
            rules=rules,
            enable=_joined(base.enable, self.enable),
            exceptions=base.exceptions + self.exceptions,
            targets=self.targets + base.targets,
            target=base.target if self.target is None else self.target,
            build_args={**base.build_args, **self.build_args},
            build_contexts=_joined(base.build_contexts, self.build_contexts),
            require_reason=base.require_reason if self.require_reason is None else self.require_reason,
            images=base.images + self.images,
            trivy=_trivy(base.trivy, self.trivy),
            vulnerability_exceptions=base.vulnerability_exceptions + self.vulnerability_exceptions,
            require_owner=base.require_owner if self.require_owner is None else self.require_owner,
            locks=base.locks + tuple(lock for lock in self.locks if lock.name not in held),
            declared=base.declared + self.declared,
        )

    def place(self, path: Path, *, key: bool = False) -> Region:
        """Where the file says something."""
        place = self.document.places[path]
        return place.key if key else place.value


def _joined(base: tuple[str, ...], over: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*base, *over)))


def _merged(base: RuleSetting | None, over: RuleSetting) -> RuleSetting:
    if base is None:
        return over
    return RuleSetting(
        base.enabled if over.enabled is None else over.enabled,
        base.severity if over.severity is None else over.severity,
        {**base.options, **over.options},
    )


def _trivy(base: TrivyPolicy, over: TrivyPolicy) -> TrivyPolicy:
    """What is said replaces; a program that is named takes its own digest along, and only VEX documents add up."""
    said = {name: value for name, value in over._asdict().items() if value not in (None, "", ())}
    if over.path:
        said["sha256"] = over.sha256
    return base._replace(**{**said, "vex": _joined(base.vex, over.vex)})
