from collections.abc import Iterator

from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD501",
    "unknown-stage",
    Severity.HIGH,
    category="stage-graph",
    equivalents=("DL3022",),
)
def check(build: Build) -> Iterator[Problem]:
    """`--from` names a stage that does not exist.

    ## What it does

    Reports `COPY --from=` and `RUN --mount=from=` with an index that no stage has, or with a name that is one slip away from
    the name of an earlier stage. Any other name is taken for an image, as BuildKit does.

    ## Why it is bad

    The build fails, or BuildKit pulls an image of that name from Docker Hub, which anybody may have pushed.

    ## Example

    ```dockerfile
    FROM golang:1.23 AS builder
    FROM scratch
    COPY --from=bilder /app /app
    ```

    Write:

    ```dockerfile
    FROM golang:1.23 AS builder
    FROM scratch
    COPY --from=builder /app /app
    ```

    ## How to fix

    Correct the name.

    ## References

    - [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/)
    """
    for problem in build.problems:
        if problem.kind == "unknown-stage":
            hint = f", did you mean '{problem.suggestion}'?" if problem.suggestion else "."
            message = f"There is no stage '{problem.name}' before this one{hint}"
            yield Problem(message, problem.span, problem.stage, key=problem.name)
