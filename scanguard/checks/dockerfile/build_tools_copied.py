from collections.abc import Iterator

from scanguard.build.tools import Tool, tools_under
from scanguard.plugin import Build, BuildStep, Confidence, Problem, Severity, Step, dockerfile_check


@dockerfile_check(
    "SGD403",
    "build-tools-copied",
    Severity.MEDIUM,
    category="build-tools",
    equivalents=("DL3067",),
    cis=("4.3",),
    nist=("4.1.2",),
    cwe=("1104",),
)
def check(build: Build) -> Iterator[Problem]:
    """`COPY --from` brings build tools into the shipped image.

    ## What it does

    Looks at what lies under the copied path in the stage or image that it comes from: a toolchain of its base image, packages
    that it installed (under `/`, `/usr`, `/usr/bin`), what it copied from elsewhere, and well-known places such as
    `/usr/local/go` and `/opt/conda`.

    ## Why it is bad

    The second stage was made to leave the tools behind, and the copy takes them along again.

    ## Example

    ```dockerfile
    FROM golang:1.23 AS builder
    RUN go build -o /out/app ./...

    FROM debian:12-slim
    COPY --from=builder /usr/local /usr/local
    COPY --from=builder /out/app /app
    ```

    Copy the result alone:

    ```dockerfile
    FROM golang:1.23 AS builder
    RUN go build -o /out/app ./...

    FROM debian:12-slim
    COPY --from=builder /out/app /app
    ```

    ## How to fix

    Name the files that the application needs.

    ## References

    - [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/)
    """
    for step in build.shipped_steps():
        if step.source is None:
            continue
        for copied in step.copies:
            tools = tools_under(build, step.source, copied.source)
            if tools and copied.known:
                yield _problem(build, step, copied.source, tools)


def _problem(build: Build, step: BuildStep, path: str, tools: tuple[Tool, ...]) -> Problem:
    names = [tool.name for tool in tools]
    listed = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    stage = build.stages[step.stage]
    source = step.source
    origin = build.stages[source].title if isinstance(source, int) else f"image '{source.value.text if source else ''}'"
    copy = Step(f"{stage.title} copies '{path}' from {origin}", step.span)
    message = f"Copying '{path}' from {origin} brings {listed} into the shipped image."
    trace = (*tools[0].way, copy, *build.way(step.stage))
    span = next(one.span for one in step.copies if one.source == path)
    return Problem(message, span, step.stage, Confidence.MEDIUM, trace=trace, key=path)
