"""Layers to the policy that holds in the end."""

from collections.abc import Iterable, Sequence

from scanguard.model.errors import ConfigurationError
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Rule
from scanguard.policy.layer import Layer
from scanguard.policy.locks import restricted
from scanguard.policy.model import DEFAULT, Policy


class Combined(NamedTuple):
    """A policy, and of each of its layers what counts, the lowest first."""

    policy: Policy
    layers: tuple[Layer, ...]


def combine(layers: Iterable[Layer], rules: Sequence[Rule]) -> Combined:
    """The default policy with the layers laid over it, the lowest first; untrusted ones as far as locks allow.

    `rules` is the catalogue without declared rules. What was tried in vain is in `Policy.refused`. Raises
    ConfigurationError where the policy requires owners and an exception has none.
    """
    policy = DEFAULT
    counted = []
    for layer in layers:
        if policy.locks and not layer.trusted:
            catalogue = (*rules, *(check.rule for check in policy.declared), *(check.rule for check in layer.declared))
            layer, told = restricted(layer, policy, catalogue)
            policy = policy._replace(refused=policy.refused + told)
        policy = layer.over(policy)
        counted.append(layer)
    _check_owners(policy)
    return Combined(policy, tuple(counted))


def _check_owners(policy: Policy) -> None:
    """Where owners are required, raise ConfigurationError for the first exception without one."""
    if not policy.require_owner:
        return
    places = [(one.owner, one.uri, one.region) for one in policy.exceptions]
    places += [(one.owner, one.uri, one.region) for one in policy.vulnerability_exceptions]
    for owner, uri, region in places:
        if not owner:
            raise ConfigurationError("'owner' is missing: the policy requires one of every exception", uri, region)
