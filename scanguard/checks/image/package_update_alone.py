from collections.abc import Iterator

from scanguard.checks.image.commands import own_commands, told_by_history
from scanguard.image.problems import ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check

_MANAGERS = ("apt-get", "apt", "aptitude", "apk")
# What may stand beside an update and makes no use of the lists; anything else might.
_QUIET = frozenset(
    "apt-get apt aptitude apk set cd echo printf export true : rm mkdir sed cat tee mv cp touch chmod chown ls apt-key date sleep "
    "dpkg-reconfigure locale-gen".split()
)
_USES = frozenset(
    "install reinstall upgrade full-upgrade dist-upgrade safe-upgrade build-dep source download add satisfy search show list "
    "policy dselect-upgrade".split()
)


@image_check(
    "SGI602",
    "package-update-alone",
    Severity.LOW,
    equivalents=("CIS-DI-0007", "DS-0017", "CKV_DOCKER_5"),
    cis=("4.7",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """A step of the image fetched lists of packages and installed nothing.

    ## What it does

    Looks for steps of the image's history, those that are not the base's, that run `apt-get update` or `apk update` and make no
    use of the lists. A step that also calls a script that could do so is not reported.

    ## Why it is bad

    The builder keeps the step in its cache: a later `install` works with old lists, installs old versions, or fails when
    the mirror no longer has them. The lists ship in a layer of their own.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update
    RUN apt-get install -y --no-install-recommends curl
    ```

    Update and install in one step:

    ```dockerfile
    FROM debian:12-slim
    RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
    ```

    ## How to fix

    Join the two `RUN` instructions; with apk, leave the update away and say `apk add --no-cache`.

    ## References

    - [Best practices: apt-get](https://docs.docker.com/build/building/best-practices/#apt-get)
    - [CIS Docker Benchmark 4.7](https://www.cisecurity.org/benchmark/docker)
    """
    for past, calls in own_commands(scan):
        managers = [call for call in calls if call.name in _MANAGERS]
        updates = [call for call in managers if "update" in call.words]
        used = any(not _USES.isdisjoint(call.words) for call in managers)
        if updates and not used and all(call.name in _QUIET for call in calls):
            name = f"{updates[0].name} update"
            message = f"A step of the image runs '{name}' and installs nothing."
            yield ImageProblem(message, past.place, told_by_history(scan), key=name)
