import re
from collections.abc import Iterator

from scanguard.blame.nodes import Certainty
from scanguard.build.model import BuildStep
from scanguard.checks.image.commands import told_by_history
from scanguard.checks.image.history import Past, history
from scanguard.image.nodes import Kind
from scanguard.image.problems import ImageProblem
from scanguard.model.location import Span
from scanguard.plugin import ImageScan, Severity, image_check

# As the classic builder and buildah write it: a hash in the place of the sources.
_HASHED = re.compile(r"(file|multi|dir):[0-9a-f]{64} in (.+)")
_FLAGS = re.compile(r"(?:--[a-z]+(?:=\S+)? )*")
_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst", ".tbz")
# https://docs.docker.com/reference/dockerfile/#add: what is fetched is readable by its owner alone.
_FETCHED = 0o600
_REMOTE = ("http://", "https://", "git@", "git://", "ssh://")


@image_check(
    "SGI603",
    "added-file",
    Severity.LOW,
    equivalents=("CIS-DI-0009", "DL3020", "DS-0005", "CKV_DOCKER_4"),
    cis=("4.9",),
    needs=("layers",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """A step of the image added files with ADD where COPY would do.

    ## What it does

    Looks for ADD in the steps of the image's history that are not the base's. Archives, which ADD unpacks, and addresses, which it
    fetches, are what it is for; an ADD into `/` is the root file system of a base image. The classic builder and buildah
    keep only a hash of the sources: where the line of the Dockerfile is known, it says what was added; else a directory is
    reported, and a file where the layer holds it under the very name that it was to have, since an archive would have been
    unpacked. A fetched file has the mode 0600 there, and is not reported.

    ## Why it is bad

    ADD unpacks what looks like an archive and fetches what looks like an address: what ends up in the image depends on what the
    source happens to be.

    ## Example

    ```dockerfile
    FROM python:3.12-slim
    ADD requirements.txt /app/
    ```

    COPY copies, and nothing else:

    ```dockerfile
    FROM python:3.12-slim
    COPY requirements.txt /app/
    ```

    ## How to fix

    Say `COPY`. Keep `ADD` for archives to unpack, and for addresses with `--checksum`.

    ## References

    - [ADD or COPY](https://docs.docker.com/build/building/best-practices/#add-or-copy)
    - [CIS Docker Benchmark 4.9](https://www.cisecurity.org/benchmark/docker)
    """
    written = _written(scan)
    for past in history(scan):
        if past.own and past.keyword == "ADD":
            added = _added(past, scan, written)
            if added:
                message = f"A step of the image adds {added} with ADD."
                yield ImageProblem(message, past.place, told_by_history(scan), key=added)


def _written(scan: ImageScan) -> dict[Span, BuildStep]:
    """The ADDs of the Dockerfile by their place."""
    steps = scan.build.shipped_steps() if scan.build is not None else ()
    return {step.span: step for step in steps if step.instruction.keyword == "ADD"}


def _added(past: Past, scan: ImageScan, written: dict[Span, BuildStep]) -> str:
    """What was added, in words; empty where ADD is right, or where nobody can tell."""
    flags = _FLAGS.match(past.text)
    text = past.text[flags.end() :] if flags else past.text
    hashed = _HASHED.fullmatch(text)
    if hashed is None:
        return "" if text.startswith(("[", "<<")) else _misplaced(text.split())
    origin = scan.blame.entry(past.entry) if scan.blame is not None else None
    step = written.get(origin.spans[0]) if origin is not None and origin.certainty is Certainty.EXACT else None
    if step is not None:
        return "" if step.instruction.heredocs else _misplaced([word.text for word in step.words])
    # One source whose name is lost: a directory cannot be an archive, a file may have been one.
    kind, place = hashed.group(1), hashed.group(2).strip()
    if kind == "dir":
        return f"a directory to '{place}'"
    return f"a file to '{place}'" if kind == "file" and _copied(scan, past.layer, place) else ""


def _copied(scan: ImageScan, layer: int | None, place: str) -> bool:
    """Whether a layer holds a file at the very place that was named, neither unpacked nor fetched."""
    if layer is None or not place.startswith("/") or not layer < len(scan.contents):
        return False
    path = place.strip("/")
    return any(
        one.path == path and one.kind is Kind.FILE and one.mode & 0o777 != _FETCHED
        for one in scan.contents[layer].entries
    )


def _misplaced(words: list[str]) -> str:
    """The first source for which COPY would do, quoted; `words` are the sources and the destination."""
    if len(words) < 2 or words[-1] == "/":
        return ""
    plain = [
        word for word in words[:-1] if not word.endswith(_ARCHIVES) and not word.startswith(_REMOTE) and "$" not in word
    ]
    return f"'{plain[0]}'" if plain else ""
