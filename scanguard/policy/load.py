"""From a policy's name or path to its layers: itself and everything that it extends."""

import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from scanguard.model.display import displayable
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.location import Region
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Rule
from scanguard.model.spelling import nearest
from scanguard.policy.model import DEFAULT

if TYPE_CHECKING:
    from scanguard.policy.layer import Layer

DEPTH_LIMIT = 8
_FILES_LIMIT = 100
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


def load_layers(
    reference: str,
    rules: Sequence[Rule],
    *,
    cwd: str,
    read: Callable[[str, int], bytes],
    named: Mapping[str, str] = MappingProxyType({}),
    within: str = "",
    trusted: bool = True,
) -> "tuple[Layer, ...]":
    """The layers of the policy that a name (`default`, `strict`, one of `named`) or a path stands for, the lowest first.

    A path of a directory, which only a trusted reference can be, stands for its `.yaml` and `.yml` files in the order of
    their names. `rules` is the whole catalogue. `read(path, limit)` gives the bytes of a regular file or raises
    TargetError, as `scanguard.sources.read.read` does. `named` maps names that plugins brought to files. A policy that
    was found in the scanned repository is loaded with `within` set to the repository's root: neither it nor what it
    extends may then lie elsewhere, and it is called by its path from there. `trusted` is False for a policy that was
    found, whether in a repository or not: it names no programs, no servers and no files elsewhere. Raises
    ConfigurationError, with file, line and column, for whatever is wrong.
    """
    here = os.path.realpath(cwd)
    context = _Context(rules, read, named, os.path.realpath(within) if within else "", trusted)
    origin = _Origin(here, cwd=here)
    if trusted and _is_path(reference) and os.path.isdir(os.path.join(here, reference)):
        return _directory(reference, origin, context)
    return _load(reference, origin, context, ())


def _directory(reference: str, origin: _Origin, context: _Context) -> "tuple[Layer, ...]":
    """The layers of all policies in a directory, each over those before; what several of them extend counts once."""
    folder = os.path.join(origin.directory, reference)
    try:
        entries = sorted(os.listdir(folder))
    except OSError as error:
        raise ConfigurationError(f"cannot be listed: {error.strerror}", reference) from None
    names = [name for name in entries if name.endswith((".yaml", ".yml")) and not name.startswith(".")]
    if not names:
        raise ConfigurationError("holds no policy: no file ends in .yaml or .yml", reference)
    if len(names) > _FILES_LIMIT:
        raise ConfigurationError(f"holds more than {_FILES_LIMIT} policies", reference)
    layers: tuple[Layer, ...] = ()
    for name in names:
        path = os.path.join(reference, name)
        found = _load(path, origin, context._replace(rules=_catalogue(context.rules, layers)), (), layers)
        layers += found
    return layers


def _catalogue(rules: Sequence[Rule], layers: "tuple[Layer, ...]") -> tuple[Rule, ...]:
    return (*rules, *(check.rule for layer in layers for check in layer.declared))


def _load(
    reference: str, origin: _Origin, context: _Context, chain: tuple[str, ...], laid: "tuple[Layer, ...]" = ()
) -> "tuple[Layer, ...]":
    """The layers that a file (or the command line) asks for; `chain` has the ones that led here, `laid` what is there."""
    if len(chain) > DEPTH_LIMIT:
        raise origin.error(f"policies extend each other more than {DEPTH_LIMIT} levels deep; shorten the chain")
    if reference == DEFAULT.name:
        return ()
    if _is_path(reference):
        return _from_path(os.path.join(origin.directory, reference), reference, origin, context, chain, laid)
    free = context._replace(within="", trusted=True)
    if reference in context.named:
        return _from_path(os.path.abspath(context.named[reference]), reference, origin, free, chain, laid)
    return _packaged(reference, origin, free, chain, laid)


def _is_path(reference: str) -> bool:
    return "/" in reference or os.sep in reference or reference.endswith((".yaml", ".yml"))


def _packaged(
    name: str, origin: _Origin, context: _Context, chain: tuple[str, ...], laid: "tuple[Layer, ...]"
) -> "tuple[Layer, ...]":
    from scanguard.policy.packaged import packaged_names, packaged_policy

    data = packaged_policy(name)
    if data is None:
        guess = nearest(name, [*packaged_names(), *context.named])
        hint = f"did you mean '{guess}'?" if guess else "a path has a `/` or ends in `.yaml`"
        if not origin.uri and os.path.isdir(os.path.join(origin.directory, name)):
            hint = f"write '{name}/' for the directory"
        raise origin.error(f"there is no policy '{name}'; {hint}")
    return _parsed(data, name, _Origin("", name), context, (*chain, name), laid)


def _from_path(
    path: str,
    reference: str,
    origin: _Origin,
    context: _Context,
    chain: tuple[str, ...],
    laid: "tuple[Layer, ...]",
) -> "tuple[Layer, ...]":
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
    return _parsed(data, shown if context.within else reference, here, context, (*chain, real), laid)


def _parsed(
    data: bytes,
    name: str,
    here: _Origin,
    context: _Context,
    chain: tuple[str, ...],
    laid: "tuple[Layer, ...]",
) -> "tuple[Layer, ...]":
    """The layer in a file's bytes, on top of those that it extends. YAML is loaded here and nowhere before."""
    from scanguard.policy.document import read_document
    from scanguard.policy.images import Standing
    from scanguard.policy.meaning import read_meaning
    from scanguard.policy.schema import check_form

    document = read_document(data, here.uri)
    check_form(document)
    if any(layer.document == document for layer in laid):
        return ()
    below: tuple[Layer, ...] = ()
    extends = document.value.get("extends") if isinstance(document.value, dict) else None
    if isinstance(extends, str):
        origin = here._replace(region=document.places["extends",].value)
        below = _load(extends, origin, context, chain, laid)
    standing = Standing(here.directory, context.trusted, context.within or here.directory)
    return (*below, read_meaning(document, _catalogue(context.rules, below), standing, name))


def _shown(path: str, base: str) -> str:
    """A path as people know it: from the repository or the working directory where it lies below, else absolute."""
    plain = os.path.normpath(path)
    below = os.path.relpath(plain, base) if plain.startswith(os.path.join(base, "")) else plain
    return below.replace(os.sep, "/")
