from collections.abc import Iterator
from typing import TypeAlias

from scanguard.checks.image.leftovers import Leftover, leftover
from scanguard.checks.image.parts import MEGABYTE, file_system, in_words, listed, option, own_files, sureness
from scanguard.image.nodes import Entry
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Option, Options, Severity, image_check

# By layer, what it is, and the root where there is one: the files.
_Found: TypeAlias = dict[tuple[int, Leftover], list[Entry]]


@image_check(
    "SGI401",
    "leftover-file",
    Severity.MEDIUM,
    needs=("layers",),
    equivalents=("DKL-LI-0003", "DKL-DI-0004", "DKL-DI-0005"),
    cis=("4.3",),
    nist=("4.1.2",),
    cwe=("527", "530"),
    options=(Option("cache-mb", 1, "Caches of package managers are reported from this size on, in MB."),),
)
def check(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    """The image holds leftovers of its build: a repository, package caches, files of the build or of an editor.

    ## What it does

    Looks at the files that a container sees and the base image does not bring: directories `.git`, `.hg` and `.svn`, the caches
    and lists of package managers, histories of shells, Dockerfiles and their kin, files of editors. Only repositories are
    of severity medium; the files of packages and toolchains are left out. Secrets are the rule `secret-file`.

    ## Why it is bad

    A repository holds every version of every file, deleted secrets too. Caches make up a good part of many images and are
    never read again. Build files tell whoever breaks in how the image was made.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y --no-install-recommends curl
    COPY . /app
    ```

    Clean up in the same `RUN`, and copy what is needed:

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
    COPY src /app/src
    ```

    ## How to fix

    Name files in `.dockerignore`; take caches away in the `RUN` that fills them, or give them a `--mount=type=cache`
    (`pip --no-cache-dir`, `apk --no-cache`).

    ## References

    - [.dockerignore](https://docs.docker.com/build/concepts/context/#dockerignore-files)
    - [Cache mounts](https://docs.docker.com/build/cache/optimize/#use-cache-mounts)
    """
    least = option(options, "cache-mb") * MEGABYTE
    for (layer, found), entries in _grouped(scan).items():
        size = sum(entry.size for entry in entries)
        place = ImagePlace(layer, entries[0].path)
        severity = found.severity if found.severity < Severity.MEDIUM else None
        if not found.together:
            names = tuple(f"/{entry.path}" for entry in entries)
            message = f"{listed(names, 3)} {'is' if len(names) == 1 else 'are each'} {found.what}."
            yield ImageProblem(message, place, sureness(scan), severity, key=",".join(names))
        elif _counts(scan, found, size, least):
            message = f"'/{found.root}' is {found.what} of {in_words(size)}."
            if found.what.endswith(("cache", "lists")):
                message = f"'/{found.root}' holds {in_words(size)} of {found.what}."
            yield ImageProblem(message, place, sureness(scan), severity, key=f"/{found.root}")


def _grouped(scan: ImageScan) -> _Found:
    groups: _Found = {}
    for path, placed in own_files(scan):
        found = leftover(path)
        if found is not None and placed.entry.size:
            same = found if found.together else found._replace(root="")
            groups.setdefault((placed.layer, same), []).append(placed.entry)
    return groups


def _counts(scan: ImageScan, found: Leftover, size: int, least: int) -> bool:
    """Whether a directory is what its name says: a repository has a HEAD; a cache is more than an empty frame."""
    if found.what.endswith("Git repository"):
        return file_system(scan).find(f"{found.root}/HEAD") is not None
    return found.severity is not Severity.LOW or size >= max(1, least)
