from collections.abc import Iterator

from scanguard.plugin import Build, Confidence, Problem, Severity, dockerfile_check, is_root


@dockerfile_check(
    "SGD103",
    "root-group",
    Severity.LOW,
    category="user",
    cis=("4.1",),
    nist=("4.1.2",),
    cwe=("250",),
)
def check(build: Build) -> Iterator[Problem]:
    """A user that is not root runs with root's group.

    ## What it does

    Reports `USER name:0`, `USER name:root` and `USER :0` of the shipped image. OpenShift runs images with a random user
    and group 0 on purpose; there, ignore this rule with a reason.

    ## Why it is bad

    Group root may read, and often write, files that were meant for root alone.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    RUN useradd --system app
    USER app:root
    ```

    Give the user a group of its own:

    ```dockerfile
    FROM debian:12-slim
    RUN useradd --system --user-group app
    USER app:app
    ```

    ## How to fix

    Write the user's own group, or leave the group out.

    ## References

    - [USER](https://docs.docker.com/reference/dockerfile/#user)
    - [Support arbitrary user ids](https://docs.redhat.com/en/documentation/openshift_container_platform/4.17/html/images/creating-images)
    """
    stage = build.shipped
    if stage is None:
        return
    user = stage.user
    if user.span is not None and user.known and user.group is not None and is_root(user.group) and not user.root:
        message = f"User '{user.name}' runs with root's group: USER is '{user.name}:{user.group}'."
        yield Problem(message, user.span, stage.index, Confidence.MEDIUM)
