"""One policy by its name or path, as tests ask for it: the layers of the product, combined."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from scanguard.model.rule import Rule
from scanguard.policy.combine import combine
from scanguard.policy.load import load_layers
from scanguard.policy.model import DEFAULT, Policy


def load_policy(
    reference: str,
    rules: Sequence[Rule],
    *,
    cwd: str,
    read: Callable[[str, int], bytes],
    named: Mapping[str, str] = MappingProxyType({}),
    within: str = "",
    trusted: bool = True,
) -> Policy:
    """The policy that a name or a path stands for, everything that it extends merged in; see `load_layers`."""
    if reference == DEFAULT.name:
        return DEFAULT
    layers = load_layers(reference, rules, cwd=cwd, read=read, named=named, within=within, trusted=trusted)
    return combine(layers, rules).policy
