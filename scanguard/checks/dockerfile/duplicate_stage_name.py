from collections.abc import Iterator

from scanguard.plugin import Build, Problem, Severity, Step, dockerfile_check


@dockerfile_check(
    "SGD503",
    "duplicate-stage-name",
    Severity.MEDIUM,
    category="stage-graph",
    equivalents=("DL3024", "DS-0012", "CKV_DOCKER_11"),
)
def check(build: Build) -> Iterator[Problem]:
    """Two stages have the same name.

    ## What it does

    Compares the names after `AS`; case does not count, as in BuildKit.

    ## Why it is bad

    `--from` and `--target` reach the later stage only. Whoever reads the file may mean the other one.

    ## Example

    ```dockerfile
    FROM golang:1.23 AS build
    FROM node:22 AS build
    ```

    Write:

    ```dockerfile
    FROM golang:1.23 AS build-go
    FROM node:22 AS build-web
    ```

    ## How to fix

    Give each stage a name of its own.

    ## References

    - [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/)
    """
    for problem in build.problems:
        if problem.kind == "duplicate-name":
            related = (Step("the name is first given here", problem.other),) if problem.other else ()
            message = f"The stage name '{problem.name}' is taken already."
            yield Problem(message, problem.span, problem.stage, related=related, key=problem.name)
