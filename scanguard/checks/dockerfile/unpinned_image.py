from collections.abc import Iterator

from scanguard.checks.images import problem_at, uses
from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD201",
    "unpinned-image",
    Severity.MEDIUM,
    category="pinning",
    cis=("4.2",),
    nist=("4.1.5",),
    cwe=("494", "1357"),
)
def check(build: Build) -> Iterator[Problem]:
    """An image is named by a tag only, without the digest that fixes its bytes.

    ## What it does

    Looks at every external image that the build needs: after `FROM`, in `COPY --from=` and in `RUN --mount=from=`, the
    values of `ARG`s put in. Names of stages, `scratch` and names that a build context provides are not images. A missing
    tag and `latest` are reported by `floating-tag` instead.

    ## Why it is bad

    A tag can be moved to other bytes at any time, by a release, by a mistake or by an attacker. Two builds of the same
    Dockerfile can then ship different software, and a review of the first says nothing about the second.

    ## Example

    ```dockerfile
    FROM python:3.12-slim
    ```

    Write the tag for people and the digest for the build:

    ```dockerfile
    FROM python:3.12-slim@sha256:9bd32b1ef8ba0bd0b1a1f22ff6ff8b1a62f3a8a3ad0b7d8f1c6f5b1e4d7a2c90
    ```

    ## How to fix

    `docker buildx imagetools inspect python:3.12-slim --format '{{.Manifest.Digest}}'` prints the digest of the index
    for all platforms. Renovate and Dependabot keep it up to date.

    ## References

    - [Image digests](https://docs.docker.com/build/building/best-practices/#pin-base-image-versions)
    """
    for use, reference in uses(build):
        if reference.digest or reference.tag in ("", "latest"):
            continue
        yield problem_at(build, use, f"Image '{reference}' is not pinned by a digest.")
