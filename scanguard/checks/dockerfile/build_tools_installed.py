from collections.abc import Iterator

from scanguard.build.tools import is_build_tool
from scanguard.plugin import Build, BuildStep, Confidence, Package, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD401",
    "build-tools-installed",
    Severity.MEDIUM,
    category="build-tools",
    cis=("4.3",),
    nist=("4.1.2",),
    cwe=("1104",),
)
def check(build: Build) -> Iterator[Problem]:
    """Compilers, build systems or headers are installed in the shipped image.

    ## What it does

    Follows the package managers, the installer of rustup and the archive of Go (in `/usr/local`) through the stages that
    ship, names from variables and loops put in. Packages that the same `RUN` removes again leave nothing in its layer and
    are not reported; builder stages are free to have them. To remove `build-essential` alone leaves gcc, g++ and make, until
    an `apt-get autoremove`. What a base stage of the same file installs is reported too, with the way by which it reached
    the shipped stage. What a test (`if [ "$DEBUG" = 1 ]`) lets in only for another value of an ARG or ENV is reported where
    `--build-arg` gives that value. Where an image of the Dockerfile is checked too, the finding says which tools that does
    not have, and is a note if it has none of them.

    ## Why it is bad

    A compiler in a running container helps whoever broke in, adds its own vulnerabilities to every scan, and often makes
    up most of the image's size.

    ## Example

    ```dockerfile
    FROM python:3.12-slim
    RUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev
    RUN pip install --no-cache-dir psycopg2
    ```

    Build in one stage, ship another:

    ```dockerfile
    FROM python:3.12-slim AS builder
    RUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev
    RUN pip wheel --no-cache-dir --wheel-dir /wheels psycopg2

    FROM python:3.12-slim
    RUN --mount=type=bind,from=builder,source=/wheels,target=/wheels pip install --no-cache-dir /wheels/*
    ```

    ## How to fix

    Move the installation to a builder stage and copy the result, or remove the packages in the same `RUN`.

    ## References

    - [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/)
    """
    if build.shipped is None:
        return
    kept: dict[int, list[Package]] = {}
    steps: dict[int, BuildStep] = {}
    for package in build.shipped.packages:
        if package.removed is None and is_build_tool(package):
            kept.setdefault(package.step.span.start, []).append(package)
            steps[package.step.span.start] = package.step
    for start, packages in kept.items():
        yield _problem(build, steps[start], packages)


def _problem(build: Build, step: BuildStep, packages: list[Package]) -> Problem:
    names = list(dict.fromkeys(package.name for package in packages))
    listed = ", ".join(f"'{name}'" for name in names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    title = build.stages[step.stage].title
    many = len(names) > 1
    trace = build.trace(f"{listed} {'are' if many else 'is'} installed in {title}", packages[0].span, step.stage)
    where = f" through {title}" if trace else ""
    message = f"Build {'tools' if many else 'tool'} {listed} {'ship' if many else 'ships'} in the image{where}."
    sure = all(package.certain for package in packages)
    confidence = Confidence.HIGH if sure else Confidence.MEDIUM
    return Problem(message, packages[0].span, step.stage, confidence, trace=trace, key=",".join(names))
