"""The policies of one run: the one that the command line names, those that are found, and how they go together.

Loaded only where there is a policy; see docs/adr/ for what holds where both exist.
"""

import os

from scanguard.model.rule import Rule
from scanguard.policy.combine import Combined, combine
from scanguard.policy.layer import Layer
from scanguard.policy.load import load_layers
from scanguard.registry import Registry
from scanguard.sources.read import read
from scanguard.sources.repository import repository_root


class Policies:
    """Loads policies for one run and keeps the one that the command line names."""

    def __init__(self, registry: Registry, rules: tuple[Rule, ...], cwd: str) -> None:
        self.rules = rules
        self._cwd = cwd
        self._named = {name: policy.path for name, policy in registry.policies().items()}
        self._given: dict[str, tuple[Layer, ...]] = {}

    def overlaid(self, given: str) -> bool:
        """Whether the repository's own policy is laid over a policy that the command line names.

        What that policy says with `repository` holds; where it says nothing, whether it locks anything.
        """
        layers = self._layers(given)
        said = [layer.repository for layer in layers if layer.repository is not None]
        return said[-1] == "overlay" if said else any(layer.locks for layer in layers)

    def combined(self, where: str, given: str) -> Combined:
        """The policy at `where`: the one that the command line names (`given`), or a found one, over that one if there is any.

        Raises ConfigurationError for whatever is wrong in them.
        """
        if where == given or (given and self._same(where, given)):
            return combine(self._layers(given), self.rules)
        below = tuple(layer._replace(trusted=True) for layer in self._layers(given)) if given else ()
        rules = (*self.rules, *(check.rule for layer in below for check in layer.declared))
        folder = os.path.dirname(os.path.abspath(os.path.join(self._cwd, where)))
        within = repository_root(folder) or folder
        found = load_layers(where, rules, cwd=self._cwd, read=read, named=self._named, within=within, trusted=False)
        if not below:
            return combine(found, self.rules)
        both = combine((*below, *(layer._replace(trusted=False) for layer in found)), self.rules)
        return both._replace(policy=both.policy._replace(name=f"{below[-1].name} + {both.policy.name}"))

    def _layers(self, given: str) -> tuple[Layer, ...]:
        if given not in self._given:
            self._given[given] = load_layers(given, self.rules, cwd=self._cwd, read=read, named=self._named)
        return self._given[given]

    def _same(self, where: str, given: str) -> bool:
        """Whether a policy that was found is the one that the command line names, or lies in the directory that it names."""
        named = os.path.realpath(os.path.join(self._cwd, given))
        real = os.path.realpath(where)
        return real == named or os.path.dirname(real) == named
