"""What a policy says. Nothing here reads a file: a run without a policy file uses `DEFAULT` and loads no YAML.

`policies/default.yaml` says the same as `DEFAULT`; a test holds the two together. See docs/policies.md.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from scanguard.model.finding import Finding
from scanguard.model.glob import matches
from scanguard.model.location import Region
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Rule, Severity

if TYPE_CHECKING:
    from scanguard.model.report import Notification
    from scanguard.plugin import Check

OptionValue: TypeAlias = bool | int | str | tuple[str, ...]
Options: TypeAlias = Mapping[str, OptionValue]

NOTHING: Mapping[str, OptionValue] = MappingProxyType({})


class RuleSetting(NamedTuple):
    """What a policy says of one rule; None where it leaves the rule as it is."""

    enabled: bool | None = None
    severity: Severity | None = None
    options: Options = NOTHING


class Setting(NamedTuple):
    """What holds for a rule in the end. `options` has a value for each option that the rule declares."""

    enabled: bool
    severity: Severity
    options: Options


class PolicyException(NamedTuple):
    """Findings that the policy accepts for a time.

    `rule` is a rule's name. `path` is a glob over the finding's uri, `stage` a stage's name, `packages` what the finding
    may be about at most (packages, or a variable, a path, an image); empty ones match everything. `expires` is an ISO
    date, its day included. `uri` and `region` say where the policy states it, `owner` who answers for it.
    """

    rule: str
    reason: str
    expires: str
    path: str = ""
    stage: str = ""
    packages: tuple[str, ...] = ()
    uri: str = ""
    region: Region | None = None
    owner: str = ""

    def covers_path(self, uri: str) -> bool:
        """Whether it speaks of this file."""
        return not self.path or matches(self.path, uri)

    def covers(self, finding: Finding) -> bool:
        """Whether it speaks of this finding; dates are not looked at."""
        return (
            finding.rule.name == self.rule
            and (not self.stage or finding.stage.lower() == self.stage.lower())
            and (not self.packages or set(self.packages).issuperset(finding.key.split(",")))
            and self.covers_path(finding.uri)
        )


class VulnerabilityException(NamedTuple):
    """Findings of one vulnerability that the policy accepts for a time.

    `id` is the vulnerability's (`CVE-2024-1234`), `packages` the packages that may have it, `path` a glob over the path in
    the image, without the leading `/`; empty ones match everything. The rest is as in a `PolicyException`.
    """

    id: str
    reason: str
    expires: str
    packages: tuple[str, ...] = ()
    path: str = ""
    owner: str = ""
    uri: str = ""
    region: Region | None = None


class ImageTarget(NamedTuple):
    """An image to check with its Dockerfile.

    `image` is a reference or a path, `dockerfile` the Dockerfile's uri from the repository's root, `target` the stage it
    was built from, `platform` as in `linux/arm64`; the last three may be empty.
    """

    image: str
    dockerfile: str = ""
    target: str = ""
    platform: str = ""
    uri: str = ""
    region: Region | None = None


class TrivyPolicy(NamedTuple):
    """What a policy says of Trivy; empty, 0 and None where it says nothing.

    `path` (the program), `ignorefile`, `vex`, `kev` (CISA's catalogue) and `epss` (scores) are absolute paths. `sha256` is
    the program's digest in hexadecimal. `max_database_age` is in days, `timeout` in seconds. A policy found in the scanned
    repository cannot set `path`, `sha256`, `db_repository` and `server`, and its files lie in the repository.
    """

    path: str = ""
    sha256: str = ""
    db_repository: tuple[str, ...] = ()
    max_database_age: int | None = None
    timeout: int | None = None
    server: str = ""
    ignorefile: str = ""
    vex: tuple[str, ...] = ()
    kev: str = ""
    epss: str = ""


NO_TRIVY = TrivyPolicy()


class Lock(NamedTuple):
    """A rule, or a key of the policy, that nothing found in the scanned repository can loosen; and where that is said.

    `alone` says that the rule was named itself, not by its category.
    """

    name: str
    uri: str
    region: Region
    alone: bool = False


class ShippedStages(NamedTuple):
    """The stages that ship from the files whose uri matches the glob `path`."""

    path: str
    stages: tuple[str, ...]


class Policy(NamedTuple):
    """A whole policy, what it extends merged in.

    `fail_on` is the severity at which the gate fails, None for never. `rules` has the settings by rule name. `enable`
    names categories whose rules run though they are off by default (`all` for every category). `target` is the stage
    to build as in `docker build --target`, empty for the last one. `build_args` are as in `--build-arg`, and
    `build_contexts` the names given by `--build-context`: they are not images. `require_reason` asks inline
    suppressions for a reason, `require_owner` the policy's exceptions for an owner. `images` are checked beside the
    Dockerfiles where images are asked for. `locks` hold against the scanned repository, and `refused` tells what it tried
    in vain. `declared` are the checks that the policy itself brings.
    """

    name: str = "default"
    fail_on: Severity | None = Severity.MEDIUM
    rules: Mapping[str, RuleSetting] = MappingProxyType({})
    enable: tuple[str, ...] = ()
    exceptions: tuple[PolicyException, ...] = ()
    targets: tuple[ShippedStages, ...] = ()
    target: str = ""
    build_args: Mapping[str, str] = MappingProxyType({})
    build_contexts: tuple[str, ...] = ()
    require_reason: bool = False
    images: tuple[ImageTarget, ...] = ()
    trivy: TrivyPolicy = NO_TRIVY
    vulnerability_exceptions: tuple[VulnerabilityException, ...] = ()
    require_owner: bool = False
    locks: tuple[Lock, ...] = ()
    declared: "tuple[Check, ...]" = ()
    refused: "tuple[Notification, ...]" = ()

    def setting(self, rule: Rule) -> Setting:
        """What holds for a rule: its own entry, then `enable`, then the rule's own defaults."""
        entry = self.rules.get(rule.name)
        enabled = rule.enabled or "all" in self.enable or rule.category in self.enable
        options = {option.name: option.default for option in rule.options}
        if entry is None:
            return Setting(enabled, rule.severity, options)
        options.update(entry.options)
        severity = rule.severity if entry.severity is None else entry.severity
        return Setting(enabled if entry.enabled is None else entry.enabled, severity, options)

    def ships(self, uri: str) -> tuple[str, ...]:
        """The names of the stages that ship from this file: the first entry of `targets` that matches, then `target`.

        Empty where the policy says nothing: the last stage ships.
        """
        for entry in self.targets:
            if matches(entry.path, uri):
                return entry.stages
        return (self.target,) if self.target else ()


DEFAULT = Policy()
