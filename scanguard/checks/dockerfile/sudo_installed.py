from collections.abc import Iterator

from scanguard.checks.sudo import passwordless
from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD105",
    "sudo-installed",
    Severity.MEDIUM,
    category="user",
    equivalents=("DL3004", "DS-0010", "CKV2_DOCKER_1", "DKL-DI-0001"),
    cis=("4.1",),
    nist=("4.1.2",),
    cwe=("250",),
)
def check(build: Build) -> Iterator[Problem]:
    """The package sudo ships in the image.

    ## What it does

    Reports the package `sudo` where it stays in the layers of the shipped stage. If a line of the file lets it work without a
    password, `passwordless-sudo` says that instead.

    ## Why it is bad

    sudo is a set-uid program with a history of defects, and the only thing that it can do in a container is to undo `USER`.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y --no-install-recommends sudo && rm -rf /var/lib/apt/lists/*
    ```

    Leave it out; instructions before `USER` run as root anyway:

    ```dockerfile
    FROM debian:12-slim
    RUN useradd app
    USER app
    ```

    ## How to fix

    Remove the package.

    ## References

    - [Best practices for USER](https://docs.docker.com/build/building/best-practices/#user)
    """
    if build.shipped is None or next(passwordless(build), None) is not None:
        return
    for package in build.shipped.packages:
        if package.name == "sudo" and package.in_layer:
            trace = build.trace("sudo is installed here", package.span, package.step.stage)
            yield Problem("sudo is installed in the shipped image.", package.span, package.step.stage, trace=trace)
