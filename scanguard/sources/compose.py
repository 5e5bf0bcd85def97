"""Which Dockerfiles a Compose file builds.

https://docs.docker.com/reference/compose-file/build/
"""

import posixpath
import re

from scanguard.model.record import NamedTuple

_NAME = re.compile(r"(?:docker-)?compose(?:[._-][^/]*)?\.ya?ml")
_SIZE_LIMIT = 1_000_000
_MOST_NODES = 20_000


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
    import yaml

    try:
        document = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return ()
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict):
        return ()
    found = (_build(str(name), service, posixpath.dirname(uri)) for name, service in services.items())
    return tuple(sorted(build for build in found if build is not None))


def _build(name: str, service: object, folder: str) -> ComposeBuild | None:
    build = service.get("build") if isinstance(service, dict) else None
    if isinstance(build, str):
        build = {"context": build}
    if not isinstance(build, dict) or "dockerfile_inline" in build:
        return None
    context = _inside(folder, build.get("context", "."))
    dockerfile = None if context is None else _inside(context, build.get("dockerfile", "Dockerfile"))
    if context is None or dockerfile is None:
        return None
    target = build.get("target", "")
    budget = [_MOST_NODES]
    return ComposeBuild(name, dockerfile, context, target if isinstance(target, str) else "", _text(service, budget))


def _inside(folder: str, path: object) -> str | None:
    """The path from the root, None where it leads out, is an address, or holds variables."""
    if not isinstance(path, str) or "://" in path or "$" in path or path.startswith("/"):
        return None
    joined = posixpath.normpath(posixpath.join(folder, path))
    return None if joined == ".." or joined.startswith("../") else joined


def _text(value: object, budget: list[int]) -> str:
    """The value as one text that is equal for equal values; what references blow up is cut off."""
    budget[0] -= 1
    if budget[0] < 0:
        return "…"
    if isinstance(value, dict):
        pairs = sorted(((str(key), item) for key, item in value.items()), key=lambda pair: pair[0])
        return "{" + ",".join(f"{key!r}:{_text(item, budget)}" for key, item in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_text(item, budget) for item in value) + "]"
    return repr(value)
