from collections.abc import Iterator

from scanguard.plugin import Build, Problem, Role, Severity, dockerfile_check


@dockerfile_check(
    "SGD505",
    "unreachable-stage",
    Severity.NOTE,
    category="stage-graph",
)
def check(build: Build) -> Iterator[Problem]:
    """Nothing that ships needs this stage.

    ## What it does

    Reports stages that the shipped stage neither starts from nor copies from nor mounts. A stage that another unreachable one
    is built FROM is not reported by itself. `--target` chooses what ships.

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
    needed = {edge.source for edge in build.edges}
    for stage in build.stages:
        if stage.role is Role.UNREACHED and stage.index not in needed:
            message = f"The shipped {_shipped(build)} does not use {stage.title}."
            yield Problem(message, stage.from_span, stage.index)


def _shipped(build: Build) -> str:
    return build.shipped.title if build.shipped else "stage"
