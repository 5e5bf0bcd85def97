"""From a policy's name or path to the policy, everything that it extends merged in."""

import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from scanguard.model.display import displayable
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.location import Region
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Rule
from scanguard.model.spelling import nearest
from scanguard.policy.model import DEFAULT, Policy

DEPTH_LIMIT = 8
SIZE_LIMIT = 1_000_000


class _Context(NamedTuple):
    """What stays the same along a chain of policies."""

    rules: Sequence[Rule]
    read: Callable[[str, int], bytes]
    named: Mapping[str, str]
    within: str
    trusted: bool


class _Origin(NamedTuple):
    """Who asks for a policy: the command line (no uri), or `extends` of the file `uri` in `directory`."""

    directory: str
    uri: str = ""
    region: Region | None = None
    cwd: str = ""

    def error(self, message: str) -> ConfigurationError:
        return ConfigurationError(displayable(message), self.uri, self.region)


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
    """The policy that a name (`default`, `strict`, one of `named`) or a path stands for.

    `rules` is the whole catalogue. `read(path, limit)` gives the bytes of a regular file or raises TargetError, as
    `scanguard.sources.read.read` does. `named` maps names that plugins brought to files. A policy that was found in
    the scanned repository is loaded with `within` set to the repository's root: neither it nor what it extends may
    then lie elsewhere, and it is called by its path from there. `trusted` is False for a policy that was found, whether
    in a repository or not: it names no programs, no servers and no files elsewhere. Raises ConfigurationError, with file,
    line and column, for whatever is wrong.
    """
    context = _Context(rules, read, named, os.path.realpath(within) if within else "", trusted)
    policy = _load(reference, _Origin(os.path.realpath(cwd), cwd=os.path.realpath(cwd)), context, ())
    _check_owners(policy)
    return policy


def _check_owners(policy: Policy) -> None:
    """Where owners are required, raise ConfigurationError for the first exception without one."""
    if not policy.require_owner:
        return
    places = [(one.owner, one.uri, one.region) for one in policy.exceptions]
    places += [(one.owner, one.uri, one.region) for one in policy.vulnerability_exceptions]
    for owner, uri, region in places:
        if not owner:
            raise ConfigurationError("'owner' is missing: the policy requires one of every exception", uri, region)


def _load(reference: str, origin: _Origin, context: _Context, chain: tuple[str, ...]) -> Policy:
    """The policy that a file (or the command line) asks for; `chain` has the ones that led here."""
    if len(chain) > DEPTH_LIMIT:
        raise origin.error(f"policies extend each other more than {DEPTH_LIMIT} levels deep; shorten the chain")
    if _is_path(reference):
        return _from_path(os.path.join(origin.directory, reference), reference, origin, context, chain)
    if reference == DEFAULT.name:
        return DEFAULT
    if reference in context.named:
        free = context._replace(within="", trusted=True)
        return _from_path(os.path.abspath(context.named[reference]), reference, origin, free, chain)
    return _packaged(reference, origin, context, chain)


def _is_path(reference: str) -> bool:
    return "/" in reference or os.sep in reference or reference.endswith((".yaml", ".yml"))


def _packaged(name: str, origin: _Origin, context: _Context, chain: tuple[str, ...]) -> Policy:
    from scanguard.policy.packaged import packaged_names, packaged_policy

    data = packaged_policy(name)
    if data is None:
        guess = nearest(name, [*packaged_names(), *context.named])
        hint = f"did you mean '{guess}'?" if guess else "a path has a `/` or ends in `.yaml`"
        raise origin.error(f"there is no policy '{name}'; {hint}")
    return _parsed(data, name, _Origin("", name), context._replace(within="", trusted=True), (*chain, name))


def _from_path(path: str, reference: str, origin: _Origin, context: _Context, chain: tuple[str, ...]) -> Policy:
    shown = _shown(path, context.within or origin.cwd)
    try:
        real = os.path.realpath(path)
        if context.within and os.path.commonpath((real, context.within)) != context.within:
            raise origin.error(f"the policy '{reference}' lies outside the repository; name it with --policy")
        if real in chain:
            raise origin.error(f"the policy '{reference}' extends itself in the end; break the circle")
        data = context.read(real, SIZE_LIMIT)
    except (TargetError, ValueError) as error:
        message = error.message if isinstance(error, TargetError) else "is not a path; check its spelling"
        if origin.uri:
            raise origin.error(f"the policy '{reference}' {message}") from None
        raise ConfigurationError(message, shown) from None
    here = _Origin(os.path.dirname(real), shown, None, origin.cwd)
    return _parsed(data, shown if context.within else reference, here, context, (*chain, real))


def _parsed(data: bytes, name: str, here: _Origin, context: _Context, chain: tuple[str, ...]) -> Policy:
    """The policy in a file's bytes, what it extends merged in. YAML is loaded here and nowhere before."""
    from scanguard.policy.document import read_document
    from scanguard.policy.images import Standing
    from scanguard.policy.meaning import read_meaning
    from scanguard.policy.schema import check_form

    document = read_document(data, here.uri)
    check_form(document)
    standing = Standing(here.directory, context.trusted, context.within or here.directory)
    layer = read_meaning(document, context.rules, standing)
    base = DEFAULT
    if layer.extends is not None:
        base = _load(layer.extends, here._replace(region=document.places["extends",].value), context, chain)
    return layer.over(base, name)


def _shown(path: str, base: str) -> str:
    """A path as people know it: from the repository or the working directory where it lies below, else absolute."""
    plain = os.path.normpath(path)
    below = os.path.relpath(plain, base) if plain.startswith(os.path.join(base, "")) else plain
    return below.replace(os.sep, "/")
