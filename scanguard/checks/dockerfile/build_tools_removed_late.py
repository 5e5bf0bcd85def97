from collections.abc import Iterator

from scanguard.build.tools import is_build_tool
from scanguard.plugin import Build, Package, Problem, Severity, Step, dockerfile_check


@dockerfile_check(
    "SGD402",
    "build-tools-removed-late",
    Severity.MEDIUM,
    category="build-tools",
    cis=("4.3",),
    nist=("4.1.2",),
    cwe=("1104",),
)
def check(build: Build) -> Iterator[Problem]:
    """Build tools are removed in a later layer than the one that installed them, so they still ship.

    ## What it does

    Reports build tools that one `RUN` of the shipped stages installs and a later `RUN` removes. Removed by the same `RUN`,
    they leave nothing behind and are not reported.

    ## Why it is bad

    A layer never gets smaller: the later one only hides the files. They are still pulled, stored and open to anybody who
    unpacks the image.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y gcc
    RUN make
    RUN apt-get purge -y gcc
    ```

    Do it in one `RUN`, or better in a builder stage:

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y gcc && make && apt-get purge -y --auto-remove gcc
    ```

    ## How to fix

    Join the instructions, or use a builder stage.

    ## References

    - [Image layers](https://docs.docker.com/get-started/docker-concepts/building-images/understanding-image-layers/)
    """
    if build.shipped is None:
        return
    late: dict[tuple[int, int], list[Package]] = {}
    for package in build.shipped.packages:
        if package.removed is not None and package.in_layer and is_build_tool(package):
            late.setdefault((package.step.span.start, package.removed.span.start), []).append(package)
    for packages in late.values():
        first = packages[0]
        names = list(dict.fromkeys(package.name for package in packages))
        listed = ", ".join(f"'{name}'" for name in names)
        still = "their bytes still ship" if len(names) > 1 else "its bytes still ship"
        message = f"{listed} {'are' if len(names) > 1 else 'is'} removed in a later layer: {still} in this one."
        removal = first.removed_span or first.span
        related = (Step("removed here, in a layer of its own", removal),)
        trace = build.trace(f"{listed} installed here", first.span, first.step.stage)
        yield Problem(message, first.span, first.step.stage, related=related, trace=trace, key=",".join(names))
