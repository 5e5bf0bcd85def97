from collections.abc import Iterator

from scanguard.checks.images import problem_at, uses
from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD203",
    "malformed-digest",
    Severity.HIGH,
    category="pinning",
    cis=("4.2",),
    nist=("4.1.5",),
    cwe=("494",),
)
def check(build: Build) -> Iterator[Problem]:
    """An image's digest is none: a wrong length, wrong characters, or a placeholder.

    ## What it does

    Checks what stands after `@` in the name of an external image: a known algorithm, the right number of lower-case
    hexadecimal digits, and not one digit over and over. Also reports names that no registry accepts.

    ## Why it is bad

    The build fails, or somebody believes that the image is pinned when nothing fixes its bytes.

    ## Example

    ```dockerfile
    FROM python:3.12-slim@sha256:abc123...
    ```

    Write the whole digest:

    ```dockerfile
    FROM python:3.12-slim@sha256:9bd32b1ef8ba0bd0b1a1f22ff6ff8b1a62f3a8a3ad0b7d8f1c6f5b1e4d7a2c90
    ```

    ## How to fix

    `docker buildx imagetools inspect IMAGE:TAG` prints the digest in full.

    ## References

    - [Digests in the OCI image specification](https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests)
    """
    for use, reference in uses(build):
        if reference.digest_error:
            message = f"The digest of image '{reference.repository}' is malformed: {reference.digest_error}."
            yield problem_at(build, use, message)
        elif reference.name_error:
            yield problem_at(build, use, f"Image '{reference}' cannot be pulled: {reference.name_error}.")
