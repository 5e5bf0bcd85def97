from collections.abc import Iterator

from scanguard.checks.images import problem_at, uses
from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD202",
    "floating-tag",
    Severity.HIGH,
    category="pinning",
    equivalents=("DL3006", "DL3007", "DS-0001", "CKV_DOCKER_7", "DKL-DI-0006"),
    cis=("4.2",),
    nist=("4.1.5",),
    cwe=("1357",),
)
def check(build: Build) -> Iterator[Problem]:
    """An image has no tag, or the tag `latest`, and no digest.

    ## What it does

    Looks at every external image that the build needs, in `FROM`, `COPY --from=` and `RUN --mount=from=`, the values of
    `ARG`s put in. An image with a digest is silent whatever its tag.

    ## Why it is bad

    `latest` is whatever was pushed last. A build that works today gets another major version tomorrow, without any
    change in the repository that could be reviewed or reverted.

    ## Example

    ```dockerfile
    FROM node
    ```

    Name a version, and its digest:

    ```dockerfile
    FROM node:22.11-slim@sha256:9bd32b1ef8ba0bd0b1a1f22ff6ff8b1a62f3a8a3ad0b7d8f1c6f5b1e4d7a2c90
    ```

    ## How to fix

    Choose the version that you tested. `docker buildx imagetools inspect IMAGE:TAG` prints its digest.

    ## References

    - [Tags and digests](https://docs.docker.com/build/building/best-practices/#pin-base-image-versions)
    """
    for use, reference in uses(build):
        if reference.digest or reference.name_error:
            continue
        if not reference.tag:
            yield problem_at(build, use, f"Image '{reference}' has neither a tag nor a digest: it means 'latest'.")
        elif reference.tag == "latest":
            yield problem_at(build, use, f"Image '{reference}' floats with the tag 'latest' and has no digest.")
