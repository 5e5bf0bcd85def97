"""One call of the program: its plugins, its rules and its policies."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from scanguard.app.request import Environment, Request
from scanguard.engine.rules import RULES
from scanguard.model.errors import ConfigurationError
from scanguard.model.reference import ImageReference
from scanguard.model.rule import Rule, Severity
from scanguard.policy.find import find_policy
from scanguard.policy.model import DEFAULT, Policy
from scanguard.registry import Registry
from scanguard.sources.discover import Target
from scanguard.sources.read import STANDARD_INPUT, read

if TYPE_CHECKING:
    from scanguard.app.formats import Renderer
    from scanguard.app.policy import Policies
    from scanguard.plugin import Check


class Session:
    """The plugins, the rules and the policies of one call of the program.

    `base_user` is asked for the default user of images that no table knows, `read` for the bytes of a target.
    """

    def __init__(self, environment: Environment, *, plugins: bool) -> None:
        self.environment = environment
        self.registry = Registry(third_parties=plugins)
        self._checks: tuple[Check, ...] = () if self.registry.alone else self._loaded()
        self._policies: Policies | None = None
        self.base_user: Callable[[ImageReference], str | None] | None = None
        self.read: Callable[[Target], bytes] = self._read
        self._piped: bytes | None = None
        self._rules: tuple[Rule, ...] = ()

    def _read(self, target: Target) -> bytes:
        """The bytes of a target; standard input, which gives them once, is kept for an image of the same Dockerfile."""
        if target.path != STANDARD_INPUT:
            return read(target.path, uri=target.uri)
        if self._piped is None:
            self._piped = read(target.path, uri=target.uri)
        return self._piped

    @property
    def checks(self) -> "tuple[Check, ...]":
        """The checks of Dockerfiles; loaded when somebody asks for them."""
        if not self._checks:
            self._checks = self._loaded()
        return self._checks

    def _loaded(self) -> "tuple[Check, ...]":
        """The checks of Dockerfiles. Raises ConfigurationError where a plugin's takes a rule's id from another one."""
        checks = self.registry.checks()
        own = {rule.id for rule in RULES}
        taken = [check.rule.id for check in checks if check.rule.id in own]
        if taken:
            raise ConfigurationError(f"a plugin brings a rule '{taken[0]}', which the engine has already")
        return checks

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The whole catalogue: the engine's rules, those of Dockerfiles, those of images."""
        if not self._rules:
            checks = (*self.checks, *self.registry.image_checks())
            self._rules = (*RULES, *(check.rule for check in checks))
        return self._rules

    @property
    def plugin_exit_code(self) -> int:
        """3 where a plugin could not be loaded, else 0."""
        return 3 if self.registry.notifications else 0

    def rule(self, word: str) -> Rule:
        """The rule of this name or id. Raises ConfigurationError, with a suggestion, where there is none."""
        from scanguard.model.catalogue import rule_named, unknown_rule

        found = rule_named(word, self.rules)
        if found is None:
            raise ConfigurationError(unknown_rule(word, self.rules))
        return found

    def reporter(self, name: str) -> "Renderer":
        """The renderer of a format. Raises ConfigurationError where there is none of this name."""
        from scanguard.app.formats import renderer

        return renderer(name, self.registry.reporters)

    def elsewhere(self, cwd: str, read: "Callable[[Target], bytes] | None" = None) -> "Session":
        """The same session in another working directory; `read` gives other contents of its files."""
        from copy import copy

        other = copy(self)
        other.environment = self.environment._replace(cwd=cwd)
        other.read = read or self.read
        return other

    def catalogue(self, policy: Policy) -> tuple[Rule, ...]:
        """All rules, those that the policy declares among them."""
        return (*self.rules, *(check.rule for check in policy.declared))

    def policy_path(self, request: Request, target: Target | None) -> str:
        """Where the policy for a target lies: `--policy`, or the repository's own; empty for the default."""
        if request.policy and not (request.overlay and self.policies.overlaid(request.policy)):
            return request.policy
        cwd = self.environment.cwd
        directory = os.path.dirname(target.path) if target is not None and target.path != STANDARD_INPUT else cwd
        return find_policy(directory, cwd) or request.policy

    def policy_at(self, where: str, request: Request) -> Policy:
        """The policy at a path, empty for the default, with the command line's last word."""
        policy = self.policies.combined(where, request.policy).policy if where else DEFAULT
        if request.select or request.ignore:
            from scanguard.policy.select import select

            policy = select(policy, self.catalogue(policy), request.select, request.ignore)
        return policy if not request.fail_on else policy._replace(fail_on=severity_limit(request.fail_on))

    @property
    def policies(self) -> "Policies":
        """The policies of this run; loads YAML."""
        if self._policies is None:
            from scanguard.app.policy import Policies

            self._policies = Policies(self.registry, self.rules, self.environment.cwd)
        return self._policies


def severity_limit(text: str) -> Severity | None:
    """What `--fail-on` asks for, None for never. Raises ConfigurationError for a word that is no severity."""
    if text == "never":
        return None
    for severity in Severity:
        if severity.label == text.lower():
            return severity
    levels = ", ".join(severity.label for severity in Severity)
    raise ConfigurationError(f"--fail-on '{text}' is not a severity; write one of {levels}, never")
