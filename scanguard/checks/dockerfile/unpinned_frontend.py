from collections.abc import Iterator

from scanguard.plugin import Build, ImageReference, Option, Options, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD204",
    "unpinned-frontend",
    Severity.MEDIUM,
    category="supply-chain",
    nist=("4.1.5",),
    cwe=("494", "829"),
    enabled=False,
    options=(Option("allowed", ("docker/dockerfile",), "repositories of frontends that may go without a digest"),),
)
def check(build: Build, options: Options) -> Iterator[Problem]:
    """The frontend that `# syntax=` names has no digest.

    ## What it does

    Looks at the `# syntax=` directive. `docker/dockerfile` is allowed without a digest; the option `allowed` takes further
    repositories. The rule is on in the strict policy only.

    ## Why it is bad

    The frontend is an image that runs during the build and decides what every instruction means. Whoever can move its tag
    decides what is built.

    ## Example

    ```dockerfile
    # syntax=example/frontend:1
    FROM scratch
    ```

    Pin it:

    ```dockerfile
    # syntax=example/frontend:1@sha256:9bd32b1ef8ba0bd0b1a1f22ff6ff8b1a62f3a8a3ad0b7d8f1c6f5b1e4d7a2c90
    FROM scratch
    ```

    ## How to fix

    Add the digest, or use `docker/dockerfile:1`.

    ## References

    - [Custom Dockerfile syntax](https://docs.docker.com/build/buildkit/frontend/)
    """
    allowed = options["allowed"]
    for directive in build.dockerfile.directives:
        if directive.name != "syntax" or not directive.value.text:
            continue
        reference = ImageReference.parse(directive.value.text.split()[0])
        if not reference.pinned and not (isinstance(allowed, tuple) and reference.familiar in allowed):
            yield Problem(f"The frontend '{reference}' is not pinned by a digest.", directive.value.span)
