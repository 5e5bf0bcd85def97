from collections.abc import Iterator

from scanguard.checks.image.commands import own_commands, told_by_history
from scanguard.image.problems import ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check

_UPGRADES = {
    "apt-get": ("dist-upgrade",),
    "apt": ("dist-upgrade", "full-upgrade"),
    "aptitude": ("dist-upgrade", "full-upgrade"),
    "zypper": ("dist-upgrade", "dup"),
    "dnf": ("distro-sync", "system-upgrade"),
    "yum": ("distro-sync", "distribution-synchronization"),
    "do-release-upgrade": ("",),
}


@image_check(
    "SGI601",
    "distribution-upgrade",
    Severity.LOW,
    equivalents=("DKL-DI-0003", "DL3005", "DS-0024"),
    cis=("4.3",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """A step of the image upgraded the whole distribution.

    ## What it does

    Looks for `apt-get dist-upgrade`, `apt full-upgrade`, `zypper dup`, `dnf distro-sync` and their kin in the steps of the
    image's history that are not the base's. An `upgrade` that only brings newer versions of what is there is fine.

    ## Why it is bad

    It replaces and removes packages of the base image by what the mirror has on that day: two builds of one Dockerfile give two
    systems, and every replaced file ships twice.

    ## Example

    ```dockerfile
    FROM debian:11
    RUN apt-get update && apt-get dist-upgrade -y
    ```

    Take the base image that has what you want:

    ```dockerfile
    FROM debian:12
    ```

    ## How to fix

    Move to a newer base image, pinned by its digest, and let a bot keep it current.

    ## References

    - [apt-get(8)](https://manpages.debian.org/bookworm/apt/apt-get.8.en.html)
    - [DKL-DI-0003](https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md)
    """
    for past, calls in own_commands(scan):
        for call in calls:
            word = next((word for word in call.words if not word.startswith("-")), "")
            if call.name in _UPGRADES and (word in _UPGRADES[call.name] or _UPGRADES[call.name] == ("",)):
                name = f"{call.name} {word}".strip()
                message = f"A step of the image runs '{name}'."
                yield ImageProblem(message, past.place, told_by_history(scan), key=name)
                break
