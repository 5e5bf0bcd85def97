from collections.abc import Iterator

from scanguard.build.bases import base_toolchain
from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD404",
    "toolchain-base",
    Severity.MEDIUM,
    category="build-tools",
    cis=("4.3",),
    nist=("4.1.2",),
    cwe=("1104",),
)
def check(build: Build) -> Iterator[Problem]:
    """The shipped image is built on an image that holds a toolchain.

    ## What it does

    Compares the base image of the shipped stage with a table of images that are made for building: `golang`, `rust`, `gcc`,
    `maven`, `gradle`, `*-sdk`, JDKs, CUDA and PyTorch `-devel`, `buildpack-deps`, and those `python`, `node` and `ruby`
    images that are built on it (all but `slim` and `alpine`).

    ## Why it is bad

    The compiler, the build system and hundreds of headers ship with the application: hundreds of megabytes, and most of
    what a vulnerability scanner will find.

    ## Example

    ```dockerfile
    FROM golang:1.23
    COPY . /src
    RUN cd /src && go build -o /app .
    CMD ["/app"]
    ```

    Ship another base:

    ```dockerfile
    FROM golang:1.23 AS builder
    COPY . /src
    RUN cd /src && CGO_ENABLED=0 go build -o /app .

    FROM gcr.io/distroless/static:nonroot
    COPY --from=builder /app /app
    CMD ["/app"]
    ```

    ## How to fix

    Use the `slim`, `alpine`, `jre` or `runtime` sibling, or a distroless image, for the last stage.

    ## References

    - [Choose the right base image](https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image)
    """
    if build.shipped is None:
        return
    bottom = build.shipped.lineage[0]
    reference = bottom.image.reference if bottom.image else None
    toolchain = base_toolchain(reference) if reference else None
    if toolchain is None:
        return
    trace = build.trace(f"{bottom.title} is built FROM '{reference}'", bottom.from_span, bottom.index)
    message = f"The shipped image is built on '{reference}', which holds {toolchain.tools}."
    yield Problem(message, bottom.from_span, bottom.index, trace=trace)
