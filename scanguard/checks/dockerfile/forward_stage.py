from collections.abc import Iterator

from scanguard.plugin import Build, Problem, Severity, Step, dockerfile_check


@dockerfile_check(
    "SGD502",
    "forward-stage",
    Severity.HIGH,
    category="stage-graph",
    equivalents=("DL3022", "DL3023", "DS-0006"),
)
def check(build: Build) -> Iterator[Problem]:
    """A stage copies from itself or from a stage that comes later.

    ## What it does

    Reports `COPY --from=` and `RUN --mount=from=` that name the stage they stand in, or a later one, by name or index. Such
    references are the only way to write a cycle.

    ## Why it is bad

    Stages are built in order. BuildKit refuses the reference, or takes the name for an image and pulls that.

    ## Example

    ```dockerfile
    FROM debian:12 AS app
    COPY --from=assets /out /srv
    FROM node:22 AS assets
    RUN npm run build
    ```

    Write:

    ```dockerfile
    FROM node:22 AS assets
    RUN npm run build
    FROM debian:12 AS app
    COPY --from=assets /out /srv
    ```

    ## How to fix

    Move the stage that is needed above the one that needs it.

    ## References

    - [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/)
    """
    for problem in build.problems:
        if problem.kind in ("forward-stage", "self-stage"):
            what = "the stage itself" if problem.kind == "self-stage" else "a later stage"
            related = (Step("the stage is defined here", problem.other),) if problem.other else ()
            message = f"'{problem.name}' is {what}: only earlier stages can be copied from."
            yield Problem(message, problem.span, problem.stage, related=related, key=problem.name)
