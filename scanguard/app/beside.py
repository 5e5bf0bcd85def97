"""What lies beside a Dockerfile and decides what it builds: its ignore file, dependency lists, Compose entries, the policy."""

import os
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from scanguard.build.model import Build
from scanguard.model.glob import matches
from scanguard.policy.find import find_policy
from scanguard.sources.compose import ComposeBuild, compose_builds, is_compose_name
from scanguard.sources.discover import Target
from scanguard.sources.repository import within
from scanguard.sources.tree import Tree, different

_MANIFEST = re.compile(
    r"(?:[^/]*requirements[^/]*\.(?:txt|in)|constraints[^/]*\.txt|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|environment\.ya?ml"
    r"|package\.json|npm-shrinkwrap\.json|pnpm-workspace\.yaml|bun\.lockb?|go\.(?:mod|sum|work)|Cargo\.toml|Gemfile"
    r"|composer\.json|pom\.xml|build\.gradle(?:\.kts)?|gradle\.lockfile|packages\.config|[^/]*\.(?:csproj|fsproj)|mix\.exs"
    r"|[^/]*[.-]lock(?:\.(?:json|ya?ml|txt|hcl))?)"
)
"""Names of files that say what a build installs."""
_IGNORE_FILES = (".dockerignore", ".containerignore")
_EXTENDS = re.compile(rb"^extends:[ \t]*['\"]?([^\s'\"#]+)", re.MULTILINE)
_DEEPEST = 8


def beside(
    paths: Mapping[str, str],
    build_of: Callable[[str], Build | None],
    policies: Mapping[str, tuple[str, ...]],
    old: Tree,
    new: Tree,
) -> frozenset[str]:
    """The uris of the Dockerfiles beside which something changed on which all of their findings may depend.

    `paths` has the Dockerfiles by uri, `policies` the paths of their policies; all paths are from the root. Builds are
    asked for where a list of dependencies changed.
    """
    entries, touched = _compose(old, new)
    contexts = {entry.dockerfile: entry.context for entry in entries}
    lists = sorted(path for path in old.paths | new.paths if _MANIFEST.fullmatch(path.rpartition("/")[2]))
    changed_lists = different(old, new, lists)
    known = {some: _policies(old, new, some) for some in set(policies.values())}
    watched = {
        uri: {*known[policies[uri]], *_ignore_files(path, contexts.get(path), old, new)} for uri, path in paths.items()
    }
    changed = different(old, new, {path for some in watched.values() for path in some})
    folders = _folders(new.paths) if changed_lists else frozenset()

    def takes_changed_list(uri: str, path: str) -> bool:
        build = build_of(uri) if changed_lists else None
        sources = () if build is None else tuple(_copied(build))
        context = contexts.get(path) or _context(path, sources, folders)
        return any(_is_copied(name, context, sources) for name in changed_lists)

    return frozenset(
        uri for uri, path in paths.items() if path in touched or watched[uri] & changed or takes_changed_list(uri, path)
    )


def policy_of(target: Target, cwd: str, root: str) -> str:
    """The path, from the root, of the policy that is found for a target; empty where there is none."""
    found = find_policy(os.path.dirname(target.path), cwd)
    return "" if found is None else below(found, root)


def below(path: str, root: str) -> str:
    """A path from the root, with `/`; empty where it does not exist or lies elsewhere."""
    real = os.path.realpath(path)
    if not os.path.exists(real) or not within(real, root):
        return ""
    return os.path.relpath(real, root).replace(os.sep, "/")


def extended(tree: Tree, policies: Iterable[str]) -> set[str]:
    """The files of the tree that these policies extend, directly or not; themselves are not among them."""
    found: set[str] = set()
    pending = set(policies)
    for _ in range(_DEEPEST):
        named = {
            posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1].decode("utf-8", "replace")))
            for path, data in tree.contents(pending).items()
            for match in _EXTENDS.finditer(data)
        }
        pending = (named & tree.paths) - found
        if not pending:
            break
        found |= pending
    return found


def _policies(old: Tree, new: Tree, policies: tuple[str, ...]) -> set[str]:
    """The files of policies, those in directories of them, and all that they extend."""
    folders = tuple(f"{policy}/" for policy in policies if policy not in old.paths | new.paths)
    files = {policy for policy in policies if policy in old.paths | new.paths}
    if folders:
        files.update(path for path in old.paths | new.paths if path.startswith(folders))
    return {*files, *extended(new, files), *extended(old, files)}


def _ignore_files(path: str, context: str | None, old: Tree, new: Tree) -> Iterator[str]:
    """The ignore files that may hold for a Dockerfile: its own, and the context's, or the nearest one above it."""
    yield from (path + name for name in _IGNORE_FILES)
    folders = [context] if context is not None else list(_upwards(posixpath.dirname(path)))
    for folder in folders:
        names = [posixpath.normpath(posixpath.join(folder, name)) for name in _IGNORE_FILES]
        if any(name in old.paths or name in new.paths for name in names):
            yield from names
            return


def _copied(build: Build) -> Iterator[str]:
    """What the build takes from its context, as paths from there."""
    for stage in build.stages:
        for step in stage.steps:
            yield from (copied.source for copied in step.copies if copied.origin == "context" and copied.known)
            for mount in step.mounts:
                if mount.type == "bind" and mount.source_stage is None:
                    yield mount.source or "."


def _context(path: str, sources: Iterable[str], there: Collection[str]) -> str:
    """The directory that is most likely the build's context: the nearest one upwards that has all that is copied by name."""
    named = [source for source in map(_plain, sources) if source != "." and not set(source) & set("*?[")]
    for folder in _upwards(posixpath.dirname(path)):
        if all(posixpath.normpath(posixpath.join(folder, source)) in there for source in named):
            return folder
    return posixpath.dirname(path)


def _folders(paths: Iterable[str]) -> frozenset[str]:
    """The paths and all folders above them."""
    found: set[str] = set()
    for path in paths:
        while path and path not in found:
            found.add(path)
            path = posixpath.dirname(path)
    return frozenset(found)


def _is_copied(name: str, context: str, sources: Iterable[str]) -> bool:
    """Whether one of the sources takes this file along."""
    if context not in ("", ".") and not name.startswith(f"{context}/"):
        return False
    inside = name[len(context) + 1 :] if context not in ("", ".") else name
    return any(
        source == "." or inside == source or inside.startswith(f"{source}/") or matches(source, inside)
        for source in map(_plain, sources)
    )


def _plain(source: str) -> str:
    return posixpath.normpath(source.lstrip("/") or ".")


def _upwards(folder: str) -> Iterator[str]:
    """The folder and those above it, the root (empty) last."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def _compose(old: Tree, new: Tree) -> tuple[tuple[ComposeBuild, ...], frozenset[str]]:
    """What Compose files build now, and the Dockerfiles whose entries are not what they were."""
    names = {path for path in old.paths | new.paths if is_compose_name(path.rpartition("/")[2])}
    changed = different(old, new, names)
    now = _entries(new, names)
    before, after = set(_entries(old, changed)), set(_entries(new, changed))
    return now, frozenset(entry.dockerfile for entry in before ^ after)


def _entries(tree: Tree, names: Iterable[str]) -> tuple[ComposeBuild, ...]:
    found = tree.contents(names)
    return tuple(entry for name in sorted(found) for entry in compose_builds(found[name], name))
