"""One module is one rule."""

from collections.abc import Iterator

from scanguard.plugin import Build, Problem, Severity, dockerfile_check

_LABEL = "org.opencontainers.image.source"


@dockerfile_check("EXA001", "missing-source-label", Severity.LOW, category="hygiene")
def check(build: Build) -> Iterator[Problem]:
    """The shipped image does not say which repository it comes from.

    ## What it does

    Looks for the label `org.opencontainers.image.source` in the stages that ship.

    ## Why it is bad

    Whoever finds the image in a registry or in an incident cannot tell where its source is.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    ```

    Write:

    ```dockerfile
    FROM debian:12-slim
    LABEL org.opencontainers.image.source="https://example.com/team/app"
    ```

    ## How to fix

    Add the label, or let your builder add it.

    ## References

    - [Annotations of the OCI image specification](https://github.com/opencontainers/image-spec/blob/main/annotations.md)
    """
    if build.shipped is None:
        return
    labels = (step.instruction for step in build.shipped_steps() if step.instruction.keyword == "LABEL")
    if any(pair.name.text.strip("\"'") == _LABEL for label in labels for pair in label.pairs):
        return
    yield Problem(f"The shipped image has no label '{_LABEL}'.", build.shipped.from_span, build.shipped.index)
