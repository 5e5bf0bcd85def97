from collections.abc import Iterator

from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD504",
    "reserved-stage-name",
    Severity.MEDIUM,
    category="stage-graph",
    equivalents=("DL3063",),
)
def check(build: Build) -> Iterator[Problem]:
    """A stage has a name that means something else.

    ## What it does

    Reports stages named `scratch` or `context`.

    ## Why it is bad

    `FROM scratch` means the empty image and `--from=context` the build context, whatever stage has that name.

    ## Example

    ```dockerfile
    FROM debian:12 AS scratch
    ```

    Write:

    ```dockerfile
    FROM debian:12 AS base
    ```

    ## How to fix

    Choose another name.

    ## References

    - [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/)
    """
    for problem in build.problems:
        if problem.kind == "reserved-name":
            yield Problem(f"The stage name '{problem.name}' is reserved.", problem.span, problem.stage)
