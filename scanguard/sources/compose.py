"""Which Dockerfiles a Compose file builds.

https://docs.docker.com/reference/compose-file/build/
"""

import posixpath
import re

from scanguard.model.record import NamedTuple

_NAME = re.compile(r"(?:docker-)?compose(?:[._-][^/]*)?\.ya?ml")
_SIZE_LIMIT = 1_000_000
_MOST_NODES = 20_000
_DEEPEST = 64
_MOST_MERGED = 1000


class ComposeBuild(NamedTuple):
    """One service that is built. `dockerfile` and `context` are paths from the repository's root; `entry` is all that is said.

    `target` is the stage, empty where none is named.
    """

    service: str
    dockerfile: str
    context: str
    target: str
    entry: str


def is_compose_name(name: str) -> bool:
    """Whether a file is taken for a Compose file by its name (without folders)."""
    return _NAME.fullmatch(name) is not None


def compose_builds(data: bytes, uri: str) -> tuple[ComposeBuild, ...]:
    """The services of a Compose file that are built from a Dockerfile of the repository, sorted by name.

    What is no Compose file, or one beyond all measure, has none: another tool is there to complain.
    """
    if len(data) > _SIZE_LIMIT:
        return ()
    document = _document(data)
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict):
        return ()
    found = (_build(name, service, posixpath.dirname(uri)) for name, service in services.items())
    return tuple(sorted(build for build in found if build is not None))


def _document(data: bytes) -> object:
    """The document as dictionaries, lists and texts; None where it is none, or too much of one.

    The loader of texts alone is taken: numbers of a million digits and keys that merge a thousand others into themselves
    stay texts. Its composer recurses, in C without a limit, so the events, which take no recursion, are looked at before.
    """
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    depth = 0
    try:
        for event in yaml.parse(data, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                return None
        return yaml.load(data, Loader=loader)  # noqa: S506 - makes texts, lists and dictionaries only
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return None


def _build(name: str, service: object, folder: str) -> ComposeBuild | None:
    build = _field(service, "build")
    if isinstance(build, str) and build:
        build = {"context": build}
    if not isinstance(build, dict) or _field(build, "dockerfile_inline") is not None:
        return None
    context = _inside(folder, _field(build, "context") or ".")
    dockerfile = None if context is None else _inside(context, _field(build, "dockerfile") or "Dockerfile")
    if context is None or dockerfile is None:
        return None
    target = _field(build, "target")
    budget = [_MOST_NODES]
    return ComposeBuild(name, dockerfile, context, target if isinstance(target, str) else "", _text(service, budget))


def _field(value: object, name: str) -> object:
    """A field of a mapping, or of the first one that is merged into it (`<<`) and has it; None where there is none."""
    waiting = [value]
    for _ in range(_MOST_MERGED):
        one = waiting.pop() if waiting else None
        if not isinstance(one, dict):
            continue
        if name in one:
            return one[name]
        merged = one.get("<<")
        waiting.extend(merged[::-1] if isinstance(merged, list) else (merged,))
    return None


def _inside(folder: str, path: object) -> str | None:
    """The path from the root, None where it leads out, is an address, or holds variables."""
    if not isinstance(path, str) or "://" in path or "$" in path or path.startswith("/"):
        return None
    joined = posixpath.normpath(posixpath.join(folder, path))
    return None if joined == ".." or joined.startswith("../") else joined


def _text(value: object, budget: list[int], depth: int = 0) -> str:
    """The value as one text that is equal for equal values; what references blow up is cut off."""
    budget[0] -= 1
    if budget[0] < 0 or depth > 2 * _DEEPEST:
        return "…"
    if isinstance(value, dict):
        pairs = (f"{key!r}:{_text(item, budget, depth + 1)}" for key, item in sorted(value.items()))
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_text(item, budget, depth + 1) for item in value) + "]"
    return repr(value)
