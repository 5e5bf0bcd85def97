"""Paths inside an image: joining, parents, and what COPY makes of its sources. Always `/`, never the host's rules."""

import posixpath


def resolve(directory: str | None, path: str) -> str | None:
    """The absolute path that `path` means in `directory`; None where the directory is not known and would be needed."""
    if not path.startswith("/"):
        if directory is None:
            return None
        path = f"{directory}/{path}"
    resolved = posixpath.normpath(path)
    return resolved[1:] if resolved.startswith("//") else resolved


def covers(parent: str, path: str) -> bool:
    """Whether `path` is `parent` or lies below it; both absolute."""
    parent = parent.rstrip("/")
    return path == parent or path.startswith(f"{parent}/")


def destination(directory: str | None, target: str, source: str, *, many: bool) -> str | None:
    """Where a file of that source name lands: below `target` where that is a directory by its looks.

    A source that ends with `/` is a directory, whose contents land in `target` itself.
    """
    base = resolve(directory, target)
    if base is None:
        return None
    name = source.rpartition("/")[2]
    if name and name not in (".", "..") and (many or target.endswith(("/", "/.")) or target in (".", "./")):
        return posixpath.join(base, name)
    return base
