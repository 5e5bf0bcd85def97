import re
from collections.abc import Iterator
from typing import TypeAlias

from scanguard.build.platforms import by_platform
from scanguard.build.tools import is_build_tool, is_group, is_tool_name
from scanguard.checks.image.packages import Database, database, family, layers_of
from scanguard.checks.image.parts import file_system, listed, own_from, sureness
from scanguard.checks.image.programs import is_program, programs
from scanguard.checks.image.proof import proof
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.model.finding import REFUTES
from scanguard.plugin import Confidence, ImageScan, Package, Severity, image_check

_FIRST = "gcc g++ clang make cmake cargo rustc golang-go build-essential build-base default-jdk".split()
_MOST = 50
_PLAIN = re.compile(r"[a-z0-9][a-z0-9+.-]{1,80}")
# By layer: the tools' names, and the paths of those that are no packages.
_Found: TypeAlias = dict[int, list[tuple[str, str]]]


@image_check(
    "SGI405",
    "build-tools-present",
    Severity.MEDIUM,
    needs=("layers",),
    cis=("4.3",),
    nist=("4.1.2",),
    cwe=("1104",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """Compilers, build systems or headers are in the image.

    ## What it does

    Reads the packages that the image's own database names (dpkg, apk, RPM), and looks for compilers in the `bin` directories
    of installations that no package owns. One finding per layer says which tools came with it, and compares them with what the
    Dockerfile says: named there, or not, such as tools that came as another package's dependency. Where the Dockerfile's own
    finding is shown too, the two are one, which lists what came besides. A tool that the Dockerfile installs and the image does
    not have refutes that finding, which is a note then; where it is not shown, this is told as a note of its own. Tools of
    the base image are one finding at its line.

    ## Why it is bad

    A compiler in a running container helps whoever broke in, adds its own vulnerabilities to every scan, and often makes
    up most of the image's size.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y python3-pip
    ```

    The recommended packages of `python3-pip` are a whole toolchain; leave them out:

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y --no-install-recommends python3-pip
    ```

    ## How to fix

    Install with `--no-install-recommends`, build in another stage and copy the result, or take a smaller base image.

    ## References

    - [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/)
    """
    installed = database(scan)
    named = _named(scan)
    found: _Found = _packages(scan, installed) if installed else {}
    for name, path, placed in programs(file_system(scan), packaged=installed is not None):
        found.setdefault(placed.layer, []).append((name, path))
    yield from _problems(scan, found, frozenset(_own_name(installed, one) for one in named))
    if installed is not None:
        yield from _refuted(scan, installed, named)


def _packages(scan: ImageScan, installed: Database) -> _Found:
    """The build tools among the packages by the layer that installed them."""
    tools = tuple(sorted(name for name in installed.names if is_tool_name(installed.manager, name)))
    return {layer: [(name, "") for name in names] for layer, names in layers_of(scan, installed, tools).items()}


def _named(scan: ImageScan) -> tuple[Package, ...]:
    """The build tools that the Dockerfile installs for good; none where the image was not built from it."""
    if scan.build is None or scan.build.shipped is None or scan.blame is None or scan.blame.reason:
        return ()
    return tuple(one for one in scan.build.shipped.packages if one.removed is None and one.known and is_build_tool(one))


def _own_name(installed: Database | None, package: Package) -> str:
    """The name in RPM's database of what the Dockerfile calls `gcc-12.2` or `java-devel`; else the Dockerfile's own."""
    if (
        installed is None
        or not installed.manager == family(package.manager) == "dnf"
        or package.name in installed.names
    ):
        return package.name
    return installed.provided.get(package.name, package.name)


def _problems(scan: ImageScan, found: _Found, named: frozenset[str]) -> Iterator[ImageProblem]:
    """A problem for each layer; the base image's layers, where they are known, are one."""
    known = scan.base_layers or 0
    base = [tool for layer in sorted(found) if layer < known for tool in found[layer]]
    if base:
        layer = min(layer for layer in found if layer < known)
        yield _problem(scan, layer, base, frozenset(), "{} in the base image.")
    for layer in sorted(found):
        if layer >= known:
            yield _problem(scan, layer, found[layer], named, "{} in the image{}.")


def _problem(
    scan: ImageScan, layer: int, tools: list[tuple[str, str]], named: frozenset[str], form: str
) -> ImageProblem:
    names = _sorted({name for name, _ in tools}, named)
    there = tuple(name for name in names if name in named)
    lacking = tuple(name for name in names if name not in named)
    says = ", as the Dockerfile says" if there else ", which the Dockerfile does not name"
    compared = scan.blame is not None and not scan.blame.reason
    many = len(names) > 1
    subject = f"Build {'tools' if many else 'tool'} {listed(names)} {'are' if many else 'is'}"
    facts = (("named in the Dockerfile", ", ".join(there)), ("not named there", ", ".join(lacking[:_MOST])))
    return ImageProblem(
        form.format(subject, says if compared else ""),
        ImagePlace(layer, next((path for _, path in tools if path), "")),
        sureness(scan) if layer >= own_from(scan) else Confidence.HIGH,
        key=",".join(there or names),
        facts=tuple(fact for fact in facts if fact[1]) if compared and there else (),
    )


def _sorted(names: set[str], named: frozenset[str]) -> tuple[str, ...]:
    """Those that the Dockerfile names first, then those that everybody knows, then the others."""
    return tuple(sorted(names, key=lambda name: (name not in named, name not in _FIRST, name)))


def _refuted(scan: ImageScan, installed: Database, named: tuple[Package, ...]) -> Iterator[ImageProblem]:
    """The tools that the Dockerfile installs and the image does not have, in no other way either.

    Silent where the two differ anyway, where the history does not show the very instruction, and where an image of another
    platform may have them.
    """
    found = proof(scan)
    if scan.build is None or found is None:
        return
    anywhere = not by_platform(scan.build)
    loose = frozenset(name for name, _, _ in programs(file_system(scan), packaged=False))
    mine = {(one.name, one.step.span): one for one in named if family(one.manager) == installed.manager}
    for (name, span), one in mine.items():
        if span in found.written and (one.certain or anywhere) and _lacks(installed, loose, one):
            message = f"The Dockerfile installs '{name}', but the image does not have it."
            sure = Confidence.HIGH if one.certain else Confidence.MEDIUM
            facts = ((REFUTES, "build-tools-installed"),)
            yield ImageProblem(message, found.written[span], sure, Severity.NOTE, key=name, facts=facts)


def _lacks(installed: Database, loose: frozenset[str], package: Package) -> bool:
    """Whether an image has neither a package nor, beside the packages, programs of its name; of many any will do."""
    if not _PLAIN.fullmatch(package.name) or is_group(package.name) or installed.has(package.name):
        return False
    return package.name not in loose if is_program(package.name) else not loose
