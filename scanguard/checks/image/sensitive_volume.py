from collections.abc import Iterator
from posixpath import normpath

from scanguard.checks.image.parts import is_windows
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check

_TREES = (
    "/boot",
    "/dev",
    "/etc",
    "/lib/modules",
    "/proc",
    "/sys",
    "/usr/lib/modules",
    "/var/lib/docker",
    "/run/containerd",
)
_EXACT = ("/", "/bin", "/lib", "/lib64", "/root/.ssh", "/run", "/sbin", "/usr", "/var/run", "/var")
_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock")
# Shared memory and message queues of the container itself.
_HARMLESS = tuple(f"/dev/{name}" for name in ("shm", "mqueue"))


@image_check(
    "SGI301",
    "sensitive-volume",
    Severity.HIGH,
    equivalents=("DKL-DI-0002", "DS-0030"),
    cis=("5.5",),
    nist=("4.1.2", "4.4.2"),
    cwe=("552",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """A volume of the image is a directory of the system.

    ## What it does

    Looks at the volumes of the image's configuration: `/proc`, `/sys`, `/dev`, `/boot` and below, `/etc` itself, the root and
    the directories of the system, the socket of a container engine. `/dev/shm` and a directory below `/etc`
    (`/etc/nginx`) are fine.

    ## Why it is bad

    Every container gets a volume of its own there: it hides what the image has, it outlives the container with the accounts and
    settings of an older image, and `--volumes-from` hands it to others. A volume on the kernel's file systems or on a socket of
    the engine asks for the host's to be mounted.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    VOLUME /etc
    ```

    Name the directory that holds the data:

    ```dockerfile
    FROM debian:12-slim
    VOLUME /var/lib/app
    ```

    ## How to fix

    Take the volume away, or name a directory that only holds data of the program.

    ## References

    - [VOLUME](https://docs.docker.com/reference/dockerfile/#volume)
    - [DKL-DI-0002](https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md)
    """
    if is_windows(scan):
        return
    for volume in scan.image.config.volumes:
        path = normpath(f"/{volume.strip().lstrip('/')}")
        if _is_sensitive(path):
            yield ImageProblem(
                f"The image makes a volume of '{path}'.", ImagePlace(setting="VOLUME", key=volume), key=path
            )


def _is_sensitive(path: str) -> bool:
    if path in _HARMLESS or path.startswith(tuple(f"{one}/" for one in _HARMLESS)):
        return False
    if path in _EXACT or path.endswith(_SOCKETS):
        return True
    trees = [tree for tree in _TREES if path == tree or path.startswith(f"{tree}/")]
    return bool(trees) and (trees != ["/etc"] or path == "/etc")
