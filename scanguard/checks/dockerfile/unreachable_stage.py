from collections.abc import Iterator

from scanguard.plugin import Build, Problem, Role, Severity, dockerfile_check

_MADE_FOR_ANOTHER = ("build", "compile", "dependencies", "deps", "install", "vendor")


@dockerfile_check(
    "SGD505",
    "unreachable-stage",
    Severity.NOTE,
    category="stage-graph",
)
def check(build: Build) -> Iterator[Problem]:
    """Nothing that ships needs this stage.

    ## What it does

    Reports stages that the shipped stage neither starts from nor copies from nor mounts, where they have no name, or one that
    says they were made for another stage (`builder`, `deps`, …). Other names may be targets of their own, and where the name
    after a FROM is not known, any stage may be meant.

    ## Why it is bad

    BuildKit skips such a stage. Either it is another target, or a `--from` was forgotten and the build does not do what its
    author believes.

    ## Example

    ```dockerfile
    FROM python:3.12-slim AS builder
    RUN pip wheel -w /wheels flask
    FROM python:3.12-slim
    COPY /wheels /wheels
    ```

    Write:

    ```dockerfile
    FROM python:3.12-slim AS builder
    RUN pip wheel -w /wheels flask
    FROM python:3.12-slim
    COPY --from=builder /wheels /wheels
    ```

    ## How to fix

    Use the stage, remove it, or scan it as a target of its own with `--target`.

    ## References

    - [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/)
    """
    unknown = any(not use.value.known for use in build.images)
    needed = {edge.source for edge in build.edges}
    for stage in build.stages:
        if stage.role is not Role.UNREACHED or stage.index in needed or unknown or build.shipped is None:
            continue
        if stage.node.name is None or stage.name.lower().startswith(_MADE_FOR_ANOTHER):
            message = f"The shipped {build.shipped.title} does not use {stage.title}."
            yield Problem(message, stage.from_span, stage.index)
